import { chainOfEntries, shortNameOf } from './chain-of-entries.ts';
import { chainText } from './chain-text.ts';
import { literalExports } from './literal-exports.ts';
import { type ImportNote, readPaperEntries } from './paper-entry.ts';

/** What the 2020 paper's list comes to. */
export interface ImportedList {
  /** The name of the chain. */
  readonly chain: string;
  /** The chain file; absent if no app follows another. */
  readonly text?: string;
  /** In the order of their lines. */
  readonly notes: readonly ImportNote[];
}

/**
 * Makes a chain file of the 2020 paper's list of apps. Pure: the same list gives the same text.
 *
 * @param text - the list's file: CommonJS, parsed and never executed.
 * @param name - what the chain is called after.
 * @param source - how the file is called in the comment at the top of the chain file.
 * @throws CascadeError PARAMETERS_INVALID if the text is no JavaScript, or exports nothing.
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
