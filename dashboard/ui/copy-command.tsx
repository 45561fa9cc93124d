import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

/**
 * A command for a terminal, and a button that copies it. The page itself has no power over reloads: a person runs the command.
 * A browser that keeps its clipboard from the page selects the command instead, so that one key copies it.
 */
export function CopyCommand({ command }: { readonly command: string }) {
  const text = useRef<HTMLElement>(null);
  const said = useSignal('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(command);
      said.value = 'Copied';
    } catch {
      if (text.current !== null) getSelection()?.selectAllChildren(text.current);
      said.value = 'Selected: copy it with your keyboard';
    }
  };
  return (
    <span class="command">
      <code ref={text}>{command}</code>{' '}
      <button type="button" aria-label={`Copy: ${command}`} onClick={() => void copy()}>
        Copy
      </button>{' '}
      <span role="status">{said.value}</span>
    </span>
  );
}
