import { badRequest } from './http/answer.ts';

export type Operator = 'eq' | 'ne';

/** What one filter may name. */
export interface Grammar {
  readonly attributes: readonly string[];
  readonly operators: readonly Operator[];
  readonly parentheses: boolean;
}

/** Whether a thing passes, given how to read its attributes (undefined = it has none of that name). */
export type Predicate = (read: (attribute: string) => string | undefined) => boolean;

export interface Filter {
  readonly passes: Predicate;
  /** The attributes that it names. */
  readonly attributes: ReadonlySet<string>;
}

/** Parentheses in parentheses that are read: each takes some of the stack. */
const MAX_DEPTH = 100;

const TOKEN = /\s*(?:([()])|("(?:[^"\\]|\\.)*")|([A-Za-z][\w.]*))/y;

/**
 * Reads a filter of the part of RFC 7644 that Qlik serves: `attribute operator "value"`, joined by `and` (binds tighter)
 * and `or`, in parentheses where the grammar has them. @throws Refusal 400 for anything else
 */
export function parseScim(text: string, grammar: Grammar): Filter {
  const attributes = new Set<string>();
  const tokens = tokenize(text);
  const next = () => tokens.shift() ?? '';
  let depth = 0;

  function either(): Predicate {
    const parts = [both()];
    while (isWord(tokens[0], 'or')) {
      next();
      parts.push(both());
    }
    return (read) => parts.some((part) => part(read));
  }

  function both(): Predicate {
    const parts = [single()];
    while (isWord(tokens[0], 'and')) {
      next();
      parts.push(single());
    }
    return (read) => parts.every((part) => part(read));
  }

  function single(): Predicate {
    if (tokens[0] !== '(' || !grammar.parentheses) return comparison();
    next();
    depth += 1;
    if (depth > MAX_DEPTH) throw refuse(`parentheses are nested deeper than ${MAX_DEPTH}`);
    const inner = either();
    if (next() !== ')') throw refuse('a closing parenthesis is missing');
    depth -= 1;
    return inner;
  }

  function comparison(): Predicate {
    const attribute = next();
    if (!grammar.attributes.includes(attribute)) throw refuse(`"${attribute}" is no attribute of it`);
    const word = next().toLowerCase();
    const operator = grammar.operators.find((known) => known === word);
    if (operator === undefined) throw refuse(`"${word}" is no operator of it`);
    const value = literal(next());
    attributes.add(attribute);
    return (read) => (read(attribute) === value) === (operator === 'eq');
  }

  const passes = either();
  if (tokens.length > 0) throw refuse(`"${tokens[0]}" was not expected`);
  return { passes, attributes };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw refuse(`not understood from character ${at + 1} on`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

function literal(token: string): string {
  if (!token.startsWith('"')) throw refuse('a value must stand in double quotes');
  try {
    return String(JSON.parse(token));
  } catch {
    throw refuse('a value is no JSON string');
  }
}

function isWord(token: string | undefined, word: string): boolean {
  return token?.toLowerCase() === word;
}

function refuse(detail: string): Error {
  return badRequest(`Invalid filter: ${detail}.`);
}
