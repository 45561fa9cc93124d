import type { ComponentChildren } from 'preact';
import { Back } from '../../ui/back.tsx';

/**
 * Shows the link back to the list of the view Inbox.
 *
 * @param children - if the page shows nothing else, a sentence about why.
 */
export function BackToInbox({ children }: { readonly children?: ComponentChildren }) {
  return (
    <>
      <Back view="inbox" />
      {children !== undefined && <p>{children}</p>}
    </>
  );
}
