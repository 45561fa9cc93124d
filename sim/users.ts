import { createHash } from 'node:crypto';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import { badRequest } from './http/answer.ts';

/** Somebody who calls the tenant: a person with an API key, or the bot of an OAuth client. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly roles: readonly string[];
  /** Nobody gets a token for it, and none that it has is taken. */
  readonly isDisabled?: boolean;
}

/** Who a token stands for. `scopes` is undefined for API keys: scopes do not apply to them (q-tokens-06). */
export interface Identity {
  readonly user: User;
  readonly scopes: readonly string[] | undefined;
}

interface Token extends Identity {
  readonly expiresAt: number;
}

/** Users and tokens as they are kept over a restart. */
export interface SavedUsers {
  readonly users: readonly User[];
  /** API keys have neither scopes nor an end. */
  readonly tokens: readonly {
    readonly digest: string;
    readonly userId: string;
    readonly scopes?: readonly string[] | undefined;
    readonly expiresAt?: number | undefined;
  }[];
}

/** Seconds that an access token lives (q-tokens-01). */
export const TOKEN_LIFE_S = 21_600;

/** Who may call, and the tokens they call with; tokens are kept as digests only. */
export class Users {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #tokens = new Map<string, Token>();
  readonly #users: User[] = [];

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Adds a user with an API key that never expires; the key is new unless given. */
  add(
    user: Omit<User, 'id'>,
    apiKey: string = this.#chance.secret(),
  ): { readonly user: User; readonly apiKey: string } {
    const added = { id: this.#chance.hexId(), ...user };
    this.#users.push(added);
    this.#tokens.set(digest(apiKey), { user: added, scopes: undefined, expiresAt: Number.POSITIVE_INFINITY });
    return { user: added, apiKey };
  }

  /** Without tokens that have ended. */
  saved(): SavedUsers {
    const alive = [...this.#tokens].filter(([, { expiresAt }]) => this.#clock.now() < expiresAt);
    const tokens = alive.map(([key, { user, scopes, expiresAt }]) => {
      return { digest: key, userId: user.id, scopes, expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined };
    });
    return { users: this.#users, tokens };
  }

  restore({ users, tokens }: SavedUsers): void {
    this.#users.push(...users);
    for (const { digest: key, userId, scopes, expiresAt = Number.POSITIVE_INFINITY } of tokens) {
      const user = this.find('id', userId);
      if (user !== undefined) this.#tokens.set(key, { user, scopes, expiresAt });
    }
  }

  /** The user with that id or subject. */
  find(field: 'id' | 'subject', value: string): User | undefined {
    return this.#users.find((user) => user[field] === value);
  }

  /** How many access tokens of `user` are alive. */
  countTokens(user: User): number {
    const now = this.#clock.now();
    const alive = [...this.#tokens.values()].filter((token) => token.scopes !== undefined && now < token.expiresAt);
    return alive.filter((token) => token.user.id === user.id).length;
  }

  /** A new access token for `user`, with the epoch ms at which it ends. */
  issueToken(user: User, scopes: readonly string[]): { readonly accessToken: string; readonly expiresAt: number } {
    const accessToken = this.#chance.secret();
    const expiresAt = this.#clock.now() + TOKEN_LIFE_S * 1000;
    this.#tokens.set(digest(accessToken), { user, scopes, expiresAt });
    return { accessToken, expiresAt };
  }

  /** Who an `Authorization` header stands for, or nobody. */
  identify(authorization: string | undefined): Identity | undefined {
    const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (bearer === undefined) return undefined;
    const token = this.#tokens.get(digest(bearer));
    const isValid = token !== undefined && token.user.isDisabled !== true && this.#clock.now() < token.expiresAt;
    return isValid ? token : undefined;
  }
}

/** Whether `user` administers the tenant. */
export function isTenantAdmin(user: User): boolean {
  return user.roles.includes('TenantAdmin');
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

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
