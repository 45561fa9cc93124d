const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Splits a text into the characters that people see: a flag is one character, and so is a letter with its accents. The
 * check of the chain files counts and cuts texts by it, because "at most 100 characters" must mean what a person
 * counts.
 */
export const charactersOf = (text: string): readonly string[] =>
  Array.from(SEGMENTER.segment(text), ({ segment }) => segment);
