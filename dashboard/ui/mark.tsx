import { MARKS, type MarkState } from '../model/mark.ts';

/**
 * Shows how something stands, such as a reload: by colour, glyph, border and word at the same time, because not
 * everybody sees colours.
 *
 * @param word - if given, it is shown in place of the state's own word.
 */
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
