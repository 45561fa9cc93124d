import { MARKS, type MarkState } from '../model/mark.ts';

/** How something stands: colour, glyph, border and word. @param word - in place of the state's own word. */
export function Mark({ state, word = MARKS[state].word }: { readonly state: MarkState; readonly word?: string }) {
  return (
    <span class={`mark ${state}`}>
      <span class="glyph" aria-hidden="true">
        {MARKS[state].glyph}
      </span>{' '}
      {word}
    </span>
  );
}
