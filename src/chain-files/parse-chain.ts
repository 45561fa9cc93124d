import { type Document, isMap, isScalar, isSeq, parseDocument, type Scalar, visit, type YAMLMap } from 'yaml';
import type { ProblemCode } from '../core/chains/problem.ts';
import { charactersOf } from '../core/count-characters.ts';
import { revealed } from '../core/visible.ts';
import type { ChainSource, ChainText, LocatedPlace, LocatedProblem } from './chain-source.ts';
import { countLines, locateOffsets } from './locate.ts';

/** How often anchors may be repeated in all, so that a small file cannot unfold into a huge value. */
const MAX_ALIASES = 100;

const MAX_MISTAKES = 3;

const SEVERAL_DOCUMENTS = 'Here a second YAML document begins. A file is one chain: move it to a file of its own.';

const MERGE_KEY =
  'The key << (merge) is no YAML 1.2: write out here what it would take from elsewhere. A key that is really called << needs quotes.';

const ILL_FORMED =
  'This text is no Unicode: it names half of a character (\\ud800 to \\udfff) without its other half. Write the character itself.';

/** A chain file as YAML 1.2, or why it is none. */
export type ParsedChain =
  | { readonly kind: 'source'; readonly source: ChainSource }
  | { readonly kind: 'problems'; readonly problems: readonly LocatedProblem[] };

/** Parses YAML 1.2 with its positions; twice the same key, several documents and tags of other kinds are problems. */
export function parseChain(file: ChainText): ParsedChain {
  const lineCounter = countLines(file);
  const problem = (code: ProblemCode, message: string, start = 0, end = start, also: LocatedPlace[] = []) => ({
    severity: 'error' as const,
    code,
    message,
    ...locateOffsets(file, lineCounter, start, end),
    also,
  });
  try {
    const document = readDocument(file.text);
    const mistakes = [...document.errors, ...document.warnings];
    if (mistakes.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) throw new RangeError(mistakes[0]?.message);
    // The text after a mistake reads as more mistakes: the first few are enough.
    const invalid = mistakes.slice(0, MAX_MISTAKES).map(({ code, message, pos: [start, end] }) => {
      const at = Math.min(start, file.text.trimEnd().length);
      const text =
        code === 'MULTIPLE_DOCS'
          ? SEVERAL_DOCUMENTS
          : `This is no YAML 1.2: ${sentence(message)}${unseenHint(file.text, at)}`;
      return problem('YAML_INVALID', text, at, end);
    });
    const merged = mergeKeys(document).map(([start, end]) => problem('YAML_INVALID', MERGE_KEY, start, end));
    const repeated = repeatedKeys(document).map(({ name, range, first }) =>
      problem('DUPLICATE_KEY', `Key "${name}" is here twice: only one of them would count. Remove one.`, ...range, [
        locateOffsets(file, lineCounter, ...first),
      ]),
    );
    const illFormed = illFormedTexts(document).map(([start, end]) =>
      problem('ILL_FORMED_TEXT', ILL_FORMED, start, end),
    );
    const problems = [...invalid, ...merged, ...repeated, ...illFormed];
    if (problems.length > 0) return { kind: 'problems', problems };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { kind: 'source', source: { ...file, document, lineCounter, value } };
  } catch (error) {
    return { kind: 'problems', problems: [problem('YAML_INVALID', unreadable(error))] };
  }
}

function readDocument(text: string): Document {
  return parseDocument(text, {
    // A `%YAML 1.1` line would otherwise turn the key `on` into `true`.
    schema: 'core',
    stringKeys: true,
    // Checked below in linear time; the library's own check is quadratic.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
}

const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`);

/** What looks like a space and is none, or like nothing, is behind many a mistake. */
function unseenHint(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1).split(/\r?\n/, 1)[0] ?? '';
  const unseen = charactersOf(line).find((character) => character !== '\t' && revealed(character) !== character);
  return unseen === undefined ? '' : ` There is a character in this line that cannot be seen: ${revealed(unseen)}.`;
}

/** What the library throws for hostile input; anything else is a bug. */
function unreadable(error: unknown): string {
  if (error instanceof RangeError) return 'This is nested too deeply to be a chain file.';
  if (error instanceof ReferenceError)
    return `This repeats anchors (*name) more than ${MAX_ALIASES} times. Write it out.`;
  throw error;
}

/** Every mapping of a document. */
function mappingsIn({ contents }: Document): readonly YAMLMap[] {
  const found: YAMLMap[] = [];
  const look = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(look);
    if (!isMap(node)) return;
    found.push(node);
    for (const { value } of node.items) look(value);
  };
  look(contents);
  return found;
}

type Range = readonly [start: number, end: number];

const isMergeKey = ({ source, type }: Scalar): boolean => source === '<<' && type === 'PLAIN';

const mergeKeys = (document: Document): readonly Range[] =>
  mappingsIn(document).flatMap(({ items }) =>
    items.flatMap(({ key }) =>
      isScalar(key) && isMergeKey(key) && key.range ? [[key.range[0], key.range[1]] as const] : [],
    ),
  );

/** Texts and keys with half of a surrogate pair, which an escape can name; CouchDB would refuse the whole order. */
function illFormedTexts(document: Document): readonly Range[] {
  const found: Range[] = [];
  visit(document, {
    Scalar(_, { value, range }) {
      if (typeof value === 'string' && !value.isWellFormed() && range) found.push([range[0], range[1]]);
    },
  });
  return found;
}

interface RepeatedKey {
  readonly name: string;
  readonly range: Range;
  readonly first: Range;
}

const repeatedKeys = (document: Document): readonly RepeatedKey[] => mappingsIn(document).flatMap(repeatedIn);

function repeatedIn({ items }: YAMLMap): RepeatedKey[] {
  const seen = new Map<string, Range>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key) || !key.range || isMergeKey(key)) return [];
    const name = String(key.value);
    const range = [key.range[0], key.range[1]] as const;
    const first = seen.get(name);
    if (first !== undefined) return [{ name, range, first }];
    seen.set(name, range);
    return [];
  });
}
