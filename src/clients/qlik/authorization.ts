import { definedFields } from '../../core/defined-fields.ts';
import { fieldOf, isJsonObject, textOf } from '../../core/json-fields.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../../core/units.ts';
import { exchange } from '../http-exchange.ts';
import { waitOf } from './classify-start.ts';
import type { QlikCredential, QlikTenant } from './qlik-tenant.ts';

/** The `authorization` header, or why there is none. */
export type Authorization =
  | { readonly kind: 'header'; readonly value: string }
  /** The tenant does not accept the credential. */
  | { readonly kind: 'refused'; readonly message: string }
  /** There is no token now; the tenant may say after how long to ask again. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfter?: DurationMs };

/** Gives the `authorization` header for a call to a tenant. */
export interface Authorizer {
  /** Whether the tenant may accept a new header after it refused one: true for OAuth tokens, false for an API key. */
  readonly isRenewable: boolean;
  authorization(timeout: DurationMs): Promise<Authorization>;
  /** Forgets the token that was refused. */
  renew(): void;
}

interface Token {
  readonly value: string;
  readonly renewAt: EpochMs;
}

/** A token's life if Qlik does not say: six hours (fact q-tokens-01). */
const USUAL_LIFE_SECONDS = 21_600;
/** After this part of a token's life, a new token is fetched, so that a token does not expire during a call. */
const RENEWED_AFTER = 0.9;
/**
 * With one of these statuses and `errors` in the body, the tenant refuses the OAuth client (facts q-tokens-02,
 * q-tokens-03). After any other answer without a token, such as a proxy's page, the next try may succeed.
 */
const REFUSALS: readonly number[] = [400, 401, 403];

/** For how long the tenant gives no token after a 429. */
interface Pause {
  readonly from: EpochMs;
  readonly lasting: DurationMs;
  readonly message: string;
}

/**
 * Gives the `authorization` header for the calls to one tenant: with the tenant's API key, or with an OAuth token. It
 * keeps the token for nine tenths of the token's life, so that most calls need no new one.
 *
 * If Qlik answers 429 to a request for a token, the next such request is not sent before the time in `retry-after` is
 * over, or 15 s if Qlik names no time.
 */
export function authorizerOf(tenant: QlikTenant, now: () => EpochMs): Authorizer {
  const { credential } = tenant;
  if (credential.kind === 'api-key') {
    const header = { kind: 'header', value: `Bearer ${credential.apiKey}` } as const;
    return { isRenewable: false, authorization: async () => header, renew: () => {} };
  }
  let token: Token | undefined;
  let pause: Pause | undefined;
  return {
    isRenewable: true,
    async authorization(timeout) {
      if (token === undefined || token.renewAt <= now()) {
        const left = leftOf(pause, now());
        if (pause !== undefined && left > 0) {
          return { kind: 'unavailable', message: pause.message, retryAfter: left };
        }
        const fetched = await fetchToken(tenant.origin, credential, timeout, now);
        pause = undefined;
        if ('kind' in fetched) {
          if (fetched.kind === 'unavailable' && fetched.retryAfter !== undefined) {
            pause = { from: now(), lasting: fetched.retryAfter, message: fetched.message };
          }
          return fetched;
        }
        token = fetched;
      }
      return { kind: 'header', value: `Bearer ${token.value}` };
    },
    renew() {
      token = undefined;
    },
  };
}

type NoToken = Exclude<Authorization, { kind: 'header' }>;

/** How much of a pause is left. If the clock was set back to before the pause, the rest is unknown, and counts as 0. */
const leftOf = (pause: Pause | undefined, at: EpochMs): DurationMs =>
  (pause === undefined || at < pause.from ? 0 : pause.from + pause.lasting - at) as DurationMs;

async function fetchToken(
  origin: string,
  { clientId, clientSecret }: Extract<QlikCredential, { kind: 'oauth' }>,
  timeout: DurationMs,
  now: () => EpochMs,
): Promise<Token | NoToken> {
  const json = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
  const askedAt = now();
  const answer = await exchange({ method: 'POST', url: `${origin}/oauth/token`, json, timeout });
  if (answer.kind === 'no-answer') return { kind: 'unavailable', message: `Qlik gave no token: ${answer.message}` };
  const body = isJsonObject(answer.json) ? answer.json : {};
  const value = textOf(body, 'access_token');
  if (answer.status >= 300 || value === undefined) {
    const isRefused = REFUSALS.includes(answer.status) && Array.isArray(fieldOf(body, 'errors'));
    const message = `Qlik gave no token: it answered ${answer.status}`;
    if (isRefused) return { kind: 'refused', message };
    const retryAfter = answer.status === 429 ? waitOf(answer.headers.get('retry-after')) : undefined;
    return { kind: 'unavailable', message, ...definedFields({ retryAfter }) };
  }
  const lifeSeconds = Number(fieldOf(body, 'expires_in') ?? USUAL_LIFE_SECONDS);
  return { value, renewAt: addMs(askedAt, seconds((lifeSeconds || USUAL_LIFE_SECONDS) * RENEWED_AFTER)) };
}
