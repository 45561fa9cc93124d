/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A caller can filter
 * lists, and the events of a webhook, by a text. This file parses such a filter, as Qlik does.
 */

import { badRequest } from './http/answer.ts';

/** What a filter may contain. A filter is a text like `status eq "FAILED"`. */
export interface ScimGrammar {
  readonly attributes: readonly string[];
  readonly operators: readonly ('eq' | 'ne')[];
  readonly parentheses: boolean;
}

/** Whether a thing passes the filter. `read` returns the value of one of its attributes. */
type Predicate = (read: (attribute: string) => unknown) => boolean;

export interface ScimFilter {
  readonly passes: Predicate;
  /** The attributes that the filter names. */
  readonly attributes: ReadonlySet<string>;
}

/** How deep parentheses may be nested. Each level takes some of the stack, which must not overflow. */
const MAX_DEPTH = 100;

/** One piece of a filter: a parenthesis, a text in double quotes, or a word such as `data.status`. */
const TOKEN = /\s*(?:([()])|("(?:[^"\\]|\\.)*")|([A-Za-z][\w.]*))/y;

/**
 * Parses a filter. It understands the part of RFC 7644 (SCIM) that Qlik supports: comparisons `attribute operator
 * "value"`, joined by `and` and `or`, where `and` binds tighter; and parentheses, if the grammar allows them.
 *
 * @throws Refusal 400 for any other text.
 */
export function parseScim(text: string, grammar: ScimGrammar): ScimFilter {
  const attributes = new Set<string>();
  const tokens = tokenize(text);
  const next = () => tokens.shift() ?? '';
  let depth = 0;

  /** Parses one or more parts by `part`, with `word` between them. */
  function joined(word: string, part: () => Predicate): readonly Predicate[] {
    const parts = [part()];
    while (tokens[0]?.toLowerCase() === word) {
      next();
      parts.push(part());
    }
    return parts;
  }

  function parseOr(): Predicate {
    const parts = joined('or', parseAnd);
    return (read) => parts.some((part) => part(read));
  }

  function parseAnd(): Predicate {
    const parts = joined('and', parseTerm);
    return (read) => parts.every((part) => part(read));
  }

  function parseTerm(): Predicate {
    if (tokens[0] !== '(' || !grammar.parentheses) return parseComparison();
    next();
    depth += 1;
    if (depth > MAX_DEPTH) throw invalidFilter(`parentheses are nested deeper than ${MAX_DEPTH}`);
    const inner = parseOr();
    if (next() !== ')') throw invalidFilter('a closing parenthesis is missing');
    depth -= 1;
    return inner;
  }

  function parseComparison(): Predicate {
    const attribute = next();
    if (!grammar.attributes.includes(attribute)) throw invalidFilter(`"${attribute}" is no attribute of it`);
    const word = next().toLowerCase();
    const operator = grammar.operators.find((known) => known === word);
    if (operator === undefined) throw invalidFilter(`"${word}" is no operator of it`);
    const value = parseLiteral(next());
    attributes.add(attribute);
    return (read) => (read(attribute) === value) === (operator === 'eq');
  }

  const passes = parseOr();
  if (tokens.length > 0) throw invalidFilter(`"${tokens[0]}" was not expected`);
  return { passes, attributes };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw invalidFilter(`not understood from character ${at + 1} on`);
    tokens.push(match[0].trimStart());
  }
  return tokens;
}

function parseLiteral(token: string): string {
  if (!token.startsWith('"')) throw invalidFilter('a value must stand in double quotes');
  try {
    return String(JSON.parse(token));
  } catch {
    throw invalidFilter('a value is no JSON string');
  }
}

function invalidFilter(detail: string): Error {
  return badRequest(`Invalid filter: ${detail}.`);
}
