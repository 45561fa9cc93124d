import { createHash } from 'node:crypto';
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

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
