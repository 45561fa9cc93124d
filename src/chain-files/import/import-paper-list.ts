import { chainOfEntries, shortNameOf } from './chain-of-entries.ts';
import { chainText } from './chain-text.ts';
import { literalExports } from './literal-exports.ts';
import { type ImportNote, readPaperEntries } from './paper-entry.ts';

/** The chain file that is made of the 2020 paper's list of apps. */
export interface ImportedList {
  /** The name of the chain. */
  readonly chain: string;
  /** The chain file; absent if no app follows another. */
  readonly text?: string;
  /** What is left out, or means something else than its author may think; in the order of the list's lines. */
  readonly notes: readonly ImportNote[];
}

/**
 * Makes a chain file of the list of apps that the 2020 paper about chained reloads uses. `cascade import` does it, so
 * that users of the paper's script need not write their chains anew. The same list gives the same text.
 *
 * @param text - the content of the file with the list: CommonJS. It is parsed and never executed.
 * @param name - the chain's name is made of this name.
 * @param source - the name of the list's file, for the comment at the top of the chain file.
 * @throws CascadeError PARAMETERS_INVALID if the text is no JavaScript, exports nothing, or its list has too many
 *   parts.
 */
export function importPaperList(text: string, name: string, source: string): ImportedList {
  const read = readPaperEntries(literalExports(text));
  const chain = shortNameOf(name);
  const { content, notes } = chainOfEntries(chain, read.entries);
  return {
    chain,
    ...(content.reloads.length > 0 && { text: chainText(content, source) }),
    notes: [...read.notes, ...notes].sort((a, b) => a.line - b.line),
  };
}
