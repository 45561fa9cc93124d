import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

/**
 * Shows a command for a terminal, and a button that copies it. The page itself cannot start or cancel reloads, so a
 * person does that on the command line. If the browser does not let the page copy, the button selects the command, and
 * the person copies it with the keyboard.
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
