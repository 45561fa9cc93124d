/*
 * The 2020 paper about chained reloads keeps its apps in a JavaScript list, such as `[{ name: 'Sales', appId: '5a1e…',
 * chain: ['Report'], condition: 'ok' }]`. `cascade import` makes a chain file of the list. This file reads the entries,
 * and notes what it cannot read.
 */

import { type Literal, type LiteralExports, literalField, NotLiteral, writtenText } from './literal-exports.ts';

/** One entry of the list. After a reload of this app, the apps of `chain` reload. */
export interface PaperEntry {
  /** The line in the file, from 1. */
  readonly line: number;
  readonly name: string;
  readonly appId: string;
  /** The names of the apps that follow this app. */
  readonly chain: readonly string[];
  /**
   * How this app has to end, so that the others follow; absent if the entry's condition is neither `ok` nor `error`.
   */
  readonly on?: 'succeeded' | 'failed';
}

/** An entry that is left out because its app id cannot be read. Its name still means this entry, and no later one. */
export interface UnreadEntry {
  /** The line in the file, from 1. */
  readonly line: number;
  readonly name: string;
  readonly appId?: undefined;
}

/**
 * A note about a part of the list that is left out of the chain file, or that means something else than its author may
 * think.
 */
export interface ImportNote {
  /** The line in the file, from 1. */
  readonly line: number;
  /** True if a reload that the list asks for is missing in the result. */
  readonly isLoss: boolean;
  readonly message: string;
}

/** The entries whose name can be read, in the order of the list, and notes about what cannot be read. */
export interface ReadEntries {
  readonly entries: readonly (PaperEntry | UnreadEntry)[];
  readonly notes: readonly ImportNote[];
}

const CONDITIONS: ReadonlyMap<string, 'succeeded' | 'failed'> = new Map([
  ['ok', 'succeeded'],
  ['error', 'failed'],
]);

/** Such as `5a1e5000-0000-4000-8000-000000000001`. */
const APP_ID = /^[A-Za-z0-9-]{1,64}$/;

const NOT_RUN =
  'This statement may change the list when it runs; nothing of the file is run, so what it does is missing.';

/** Reads the entries of the list that a file exports. An entry that cannot be read is left out with a note. */
export function readPaperEntries({ exported: list, changedAt }: LiteralExports): ReadEntries {
  if (list instanceof NotLiteral || list.kind !== 'list') {
    const field = fieldWithList(list);
    const message =
      field === undefined
        ? 'The file does not export a list that is written out, like [{ name, appId, chain, condition }].'
        : `The file exports an object, and not the list. Is the list its field "${field}"? Then write "module.exports = …" with this list alone.`;
    return { entries: [], notes: [{ line: list.line, isLoss: true, message }] };
  }
  const entries: (PaperEntry | UnreadEntry)[] = [];
  const notes: ImportNote[] = changedAt.map((line) => ({ line, isLoss: true, message: NOT_RUN }));
  for (const item of list.items) {
    const read = readEntry(item, notes);
    if (read !== undefined) entries.push(read);
  }
  return { entries, notes };
}

/** The name of the first field of an object that has a list. */
function fieldWithList(exported: Literal): string | undefined {
  if (exported instanceof NotLiteral || exported.kind !== 'object') return undefined;
  return [...exported.fields].find(([, field]) => 'kind' in field && field.kind === 'list')?.[0];
}

function readEntry(item: Literal, notes: ImportNote[]): PaperEntry | UnreadEntry | undefined {
  const { line } = item;
  const refuse = (message: string): undefined => {
    notes.push({ line, isLoss: true, message });
  };
  if (item instanceof NotLiteral || item.kind !== 'object') {
    return refuse(
      'This entry is left out: it is no object that is written out, like { name, appId, chain, condition }.',
    );
  }
  const name = writtenText(literalField(item, 'name'));
  const appId = writtenText(literalField(item, 'appId'));
  if (name === undefined || name === '')
    return refuse('This entry is left out: its "name" is no text that is written out.');
  if (appId === undefined || !APP_ID.test(appId)) {
    refuse(
      `Entry "${name}" is left out: its "appId" is no app id. An app id is a text of letters, digits and -, at most 64.`,
    );
    return { line, name };
  }
  const chain = readChain(name, literalField(item, 'chain'), notes);
  const condition = writtenText(literalField(item, 'condition'));
  const on = CONDITIONS.get(condition ?? '');
  if (chain.length > 0 && on === undefined) {
    notes.push({
      line: literalField(item, 'condition')?.line ?? line,
      isLoss: true,
      message: `What follows "${name}" is left out: its "condition" is neither 'ok' nor 'error'.`,
    });
  }
  return { line, name, appId, chain, ...(on !== undefined && { on }) };
}

function readChain(name: string, chain: Literal | undefined, notes: ImportNote[]): readonly string[] {
  if (chain === undefined) return [];
  if (chain instanceof NotLiteral || chain.kind !== 'list') {
    const message = `What follows "${name}" is left out: its "chain" is no list of names that is written out.`;
    notes.push({ line: chain.line, isLoss: true, message });
    return [];
  }
  return chain.items.flatMap((item) => {
    const follower = writtenText(item);
    if (follower !== undefined) return [follower];
    const message = `One follower of "${name}" is left out: it is no name that is written out.`;
    notes.push({ line: item.line, isLoss: true, message });
    return [];
  });
}
