import { CopyCommand } from './copy-command.tsx';

/**
 * Shows the command with which a person says that a problem needs nobody any more.
 *
 * @param id - of an order (a reload that Cascade owed) that was given up, or of an alert.
 */
export const Dismiss = ({ id }: { readonly id: string }) => (
  <p>
    If nobody has to look at it any more: <CopyCommand command={`npx cascade dismiss ${id}`} />
  </p>
);
