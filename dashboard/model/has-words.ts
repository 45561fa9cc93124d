/** A text as a search compares it: in small letters and without accents. */
const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Whether all words of a search are in some texts, in any order. A word may be a part of a longer one. Capital and
 * small letters are the same, with and without accents. Without words, it is true.
 */
export function hasWords(texts: readonly string[], sought: string): boolean {
  const all = folded(texts.join('\n'));
  return folded(sought)
    .split(/\s+/)
    .every((word) => all.includes(word));
}
