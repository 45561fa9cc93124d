/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file keeps its
 * users, and finds out who makes a call.
 */

import { createHash } from 'node:crypto';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

/** Somebody who calls the tenant: a person with an API key, or the bot of an OAuth client. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly roles: readonly string[];
  /** A disabled user gets no token. The tenant refuses the tokens that the user has. */
  readonly isDisabled?: boolean;
}

/**
 * The user whose token a call has, and the token's scopes. An API key has no scopes (fact q-tokens-06): they are
 * undefined.
 */
export interface Identity {
  readonly user: User;
  readonly scopes: readonly string[] | undefined;
}

interface Token extends Identity {
  /** Epoch ms; undefined for an API key, which never expires. */
  readonly expiresAt: number | undefined;
}

/** Users and tokens in the state file. */
export interface SavedUsers {
  readonly users: readonly User[];
  /** API keys have neither `scopes` nor `expiresAt`. */
  readonly tokens: readonly {
    readonly digest: string;
    readonly userId: string;
    readonly scopes?: readonly string[] | undefined;
    readonly expiresAt?: number | undefined;
  }[];
}

/** An access token expires after this many seconds: 6 hours (fact q-tokens-01). */
export const TOKEN_LIFE_S = 21_600;

/** The users, and their API keys and access tokens. Only the digest of a key or token is kept. */
export class Users {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #tokens = new Map<string, Token>();
  readonly #users: User[] = [];

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Adds a user with an API key, which never expires. If no key is given, this draws one. */
  add(
    user: Omit<User, 'id'>,
    apiKey: string = this.#chance.secret(),
  ): { readonly user: User; readonly apiKey: string } {
    const added = { id: this.#chance.hexId(), ...user };
    this.#users.push(added);
    this.#tokens.set(digest(apiKey), { user: added, scopes: undefined, expiresAt: undefined });
    return { user: added, apiKey };
  }

  /** The users and tokens for the state file, without expired tokens. */
  saved(): SavedUsers {
    const alive = [...this.#tokens].filter(([, token]) => this.#isAlive(token));
    const tokens = alive.map(([key, { user, ...token }]) => ({ digest: key, userId: user.id, ...token }));
    return { users: this.#users, tokens };
  }

  restore({ users, tokens }: SavedUsers): void {
    this.#users.push(...users);
    for (const { digest: key, userId, scopes, expiresAt } of tokens) {
      const user = this.find('id', userId);
      if (user !== undefined) this.#tokens.set(key, { user, scopes, expiresAt });
    }
  }

  /** Finds the user with this id or subject. */
  find(field: 'id' | 'subject', value: string): User | undefined {
    return this.#users.find((user) => user[field] === value);
  }

  /** How many access tokens of `user` have not expired. */
  countTokens(user: User): number {
    const own = [...this.#tokens.values()].filter((token) => token.user.id === user.id);
    return own.filter((token) => token.scopes !== undefined && this.#isAlive(token)).length;
  }

  /** Makes a new access token for a user. `expiresAt` is in epoch ms. */
  issueToken(user: User, scopes: readonly string[]): { readonly accessToken: string; readonly expiresAt: number } {
    const accessToken = this.#chance.secret();
    const expiresAt = this.#clock.now() + TOKEN_LIFE_S * 1000;
    this.#tokens.set(digest(accessToken), { user, scopes, expiresAt });
    return { accessToken, expiresAt };
  }

  /**
   * Finds the user by a header `Authorization`. Undefined if its token is missing, unknown or expired, or the user is
   * disabled.
   */
  identify(authorization: string | undefined): Identity | undefined {
    const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    const token = bearer === undefined ? undefined : this.#tokens.get(digest(bearer));
    return token !== undefined && token.user.isDisabled !== true && this.#isAlive(token) ? token : undefined;
  }

  #isAlive({ expiresAt }: Token): boolean {
    return expiresAt === undefined || this.#clock.now() < expiresAt;
  }
}

/** Whether `user` administers the tenant. */
export function isTenantAdmin(user: User): boolean {
  return user.roles.includes('TenantAdmin');
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
