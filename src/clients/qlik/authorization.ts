import { fieldOf, isJsonObject, textOf } from '../../core/json-fields.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../../core/units.ts';
import { exchange } from '../http-exchange.ts';
import { waitOf } from './classify-start.ts';
import type { QlikTenant } from './qlik-tenant.ts';

/** What to send as `authorization`, or why there is nothing to send. */
export type Authorization =
  | { readonly kind: 'header'; readonly value: string }
  /** The tenant does not accept the credential. */
  | { readonly kind: 'refused'; readonly message: string }
  /** There is no token now; after `retryAfter`, where the tenant says so. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfter?: DurationMs };

/** A credential, as something that can be sent. */
export interface Authorizer {
  /** Whether a refused header may be replaced by a new one. */
  readonly isRenewable: boolean;
  authorization(timeout: DurationMs): Promise<Authorization>;
  /** Forgets the token that was refused. */
  renew(): void;
}

interface Token {
  readonly value: string;
  readonly renewAt: EpochMs;
}

/** Qlik's tokens live six hours, unless it says otherwise (fact q-tokens-01). */
const USUAL_LIFE_SECONDS = 21_600;
const RENEWED_AFTER = 0.9;
/**
 * With `errors` in the body these are the tenant's word about the client (facts q-tokens-02, q-tokens-03); anything else,
 * a proxy's page or a redirect, may be gone the next time, and must not give up an order.
 */
const REFUSALS: readonly number[] = [400, 401, 403];

/** Until when a tenant gives no token, as it said itself. */
interface Pause {
  readonly until: EpochMs;
  readonly lasting: DurationMs;
  readonly message: string;
}

/** Sends a tenant's API key, or an OAuth token that is kept until nine tenths of its life are over. After a 429 no token is asked for before Retry-After is. */
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
        const held = pause === undefined ? undefined : heldBy(pause, now());
        if (held !== undefined) return held;
        const fetched = await fetchToken(tenant.origin, credential.clientId, credential.clientSecret, timeout, now);
        pause = 'kind' in fetched ? pauseOf(fetched, now()) : undefined;
        if ('kind' in fetched) return fetched;
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

function pauseOf(answer: NoToken, at: EpochMs): Pause | undefined {
  if (answer.kind !== 'unavailable' || answer.retryAfter === undefined) return undefined;
  return { until: addMs(at, answer.retryAfter), lasting: answer.retryAfter, message: answer.message };
}

/** What is left of a pause; nothing if a clock that was put back makes more of it than it was. */
function heldBy({ until, lasting, message }: Pause, at: EpochMs): NoToken | undefined {
  const left = until - at;
  return left <= 0 || left > lasting ? undefined : { kind: 'unavailable', message, retryAfter: left as DurationMs };
}

async function fetchToken(
  origin: string,
  clientId: string,
  clientSecret: string,
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
    const isLimited = answer.status === 429;
    return {
      kind: 'unavailable',
      message,
      ...(isLimited && { retryAfter: waitOf(answer.headers.get('retry-after')) }),
    };
  }
  const lifeSeconds = Number(fieldOf(body, 'expires_in') ?? USUAL_LIFE_SECONDS);
  return { value, renewAt: addMs(askedAt, seconds((lifeSeconds || USUAL_LIFE_SECONDS) * RENEWED_AFTER)) };
}
