/** One of several states of a view. It has an address of its own, so a person can send it, and Back works. */
export interface Choice {
  readonly words: string;
  readonly href: string;
  readonly isChosen: boolean;
}

/**
 * Shows links between the states of a view, such as list and grid.
 *
 * @param label - says to screen readers what a person chooses here.
 */
export function Choices({ label, choices }: { readonly label: string; readonly choices: readonly Choice[] }) {
  return (
    <nav class="choices" aria-label={label}>
      {choices.map(({ words, href, isChosen }) => (
        <a key={words} href={href} {...(isChosen && { 'aria-current': 'true' as const })}>
          {words}
        </a>
      ))}
    </nav>
  );
}
