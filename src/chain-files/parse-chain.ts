/*
 * People write in chain files which app reloads after which. A chain file is YAML. This file parses it, and explains
 * mistakes in the YAML, with their place in the file.
 */

import { type Document, isScalar, parseDocument, type Scalar, visit } from 'yaml';
import type { ProblemCode } from '../core/chains/problem.ts';
import { charactersOf } from '../core/count-characters.ts';
import { revealed } from '../core/visible.ts';
import type { ChainSource, ChainText, LocatedPlace, LocatedProblem } from './chain-source.ts';
import { countLines, locateOffsets } from './locate.ts';

/**
 * How often aliases (`*name`) may repeat one anchored part of a file, with the repetitions inside that part multiplied.
 * Without a limit, a small file could unfold into a huge value.
 */
const MAX_REPETITIONS = 100;

/**
 * How many mistakes that the YAML parser finds are reported at most. After the first ones, the rest of the text looks
 * wrong, too.
 */
const MAX_MISTAKES = 3;

const SEVERAL_DOCUMENTS = 'Here a second YAML document begins. A file is one chain: move it to a file of its own.';

const MERGE_KEY =
  'The key << (merge) is not in YAML 1.2: write out here what it would copy from elsewhere. A key that is really called << needs quotes.';

const ILL_FORMED =
  'This text is not Unicode: it has half of a character (\\ud800 to \\udfff) without its other half. Write the character itself.';

/** A parsed chain file, or its problems. */
export type ParsedChain =
  | { readonly kind: 'source'; readonly source: ChainSource }
  | { readonly kind: 'problems'; readonly problems: readonly LocatedProblem[] };

/** Parses a chain file as YAML 1.2. A key given twice, a second document and an unknown tag are problems, too. */
export function parseChain(file: ChainText): ParsedChain {
  const lineCounter = countLines(file);
  const placeOf: PlaceOf = (start, end) => locateOffsets(file, lineCounter, start, end);
  try {
    const document = readDocument(file.text);
    const problems = [...syntaxProblems(document, file.text, placeOf), ...contentProblems(document, placeOf)];
    if (problems.length > 0) return { kind: 'problems', problems };
    const value: unknown = document.toJS({ maxAliasCount: MAX_REPETITIONS });
    return { kind: 'source', source: { ...file, document, lineCounter, value } };
  } catch (error) {
    return { kind: 'problems', problems: [problemAt(placeOf(0, 0), 'YAML_INVALID', unreadable(error))] };
  }
}

/** The place of a part of the text, by its offsets in UTF-16 units. */
type PlaceOf = (start: number, end: number) => LocatedPlace;

const problemAt = (
  place: LocatedPlace,
  code: ProblemCode,
  message: string,
  also: readonly LocatedPlace[] = [],
): LocatedProblem => ({ severity: 'error', code, message, ...place, also });

/** What the YAML parser says is wrong. */
function syntaxProblems(document: Document, text: string, placeOf: PlaceOf): readonly LocatedProblem[] {
  const mistakes = [...document.errors, ...document.warnings];
  // The parser gave up on deep nesting. `unreadable` makes the message for that.
  if (mistakes.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) throw new RangeError(mistakes[0]?.message);
  return mistakes.slice(0, MAX_MISTAKES).map(({ code, message, pos: [start, end] }) => {
    const at = Math.min(start, text.trimEnd().length);
    const invalid = `This is not YAML 1.2: ${sentence(message)}${unseenHint(text, at)}`;
    return problemAt(placeOf(at, end), 'YAML_INVALID', code === 'MULTIPLE_DOCS' ? SEVERAL_DOCUMENTS : invalid);
  });
}

/** What the YAML parser accepts and a chain file must not have: repeated keys, merge keys, and halves of characters. */
function contentProblems(document: Document, placeOf: PlaceOf): readonly LocatedProblem[] {
  const problems: LocatedProblem[] = [];
  visit(document, {
    Map(_, { items }) {
      // Only problems get a place. To find it for each key of a long line would take quadratic time.
      const firsts = new Map<string, readonly [start: number, end: number]>();
      for (const { key } of items) {
        if (!isScalar(key) || !key.range) continue;
        const [start, end] = key.range;
        const name = String(key.value);
        const first = firsts.get(name);
        if (isMergeKey(key)) problems.push(problemAt(placeOf(start, end), 'YAML_INVALID', MERGE_KEY));
        else if (first === undefined) firsts.set(name, [start, end]);
        else problems.push(problemAt(placeOf(start, end), 'DUPLICATE_KEY', repeated(name), [placeOf(...first)]));
      }
    },
    Scalar(_, { value, range }) {
      if (typeof value === 'string' && !value.isWellFormed() && range) {
        problems.push(problemAt(placeOf(range[0], range[1]), 'ILL_FORMED_TEXT', ILL_FORMED));
      }
    },
  });
  return problems;
}

function readDocument(text: string): Document {
  return parseDocument(text, {
    // A `%YAML 1.1` line would otherwise turn the key `on` into `true`.
    schema: 'core',
    stringKeys: true,
    // `parseChain` looks for repeated keys itself, in linear time. The library's own check takes quadratic time.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
}

const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`);

/** Names a character in the same line that looks like a space or like nothing. Such characters cause many mistakes. */
function unseenHint(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1).split(/\r?\n/, 1)[0] ?? '';
  const unseen = charactersOf(line).find((character) => character !== '\t' && revealed(character) !== character);
  return unseen === undefined ? '' : ` There is a character in this line that cannot be seen: ${revealed(unseen)}.`;
}

/** The message for an error that the library throws for hostile input. Another error is a bug, and is thrown again. */
function unreadable(error: unknown): string {
  if (error instanceof RangeError) return 'This is nested too deeply to be a chain file.';
  if (error instanceof ReferenceError)
    return `This repeats anchors (*name) more than ${MAX_REPETITIONS} times. Write it out.`;
  throw error;
}

const isMergeKey = ({ source, type }: Scalar): boolean => source === '<<' && type === 'PLAIN';

const repeated = (name: string): string => `Key "${name}" is here twice: only one of them would count. Remove one.`;
