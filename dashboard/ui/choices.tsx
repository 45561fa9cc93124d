/** One of several states of a view, each with an address of its own. */
export interface Choice {
  readonly words: string;
  readonly href: string;
  readonly isChosen: boolean;
}

/** Links between the states of a view. @param label - what they are, for screen readers. */
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
