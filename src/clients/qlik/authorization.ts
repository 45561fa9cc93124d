import { fieldOf, isJsonObject, textOf } from '../../core/json-fields.ts';
import { addMs, type DurationMs, type EpochMs, seconds } from '../../core/units.ts';
import { exchange } from '../http-exchange.ts';
import type { QlikTenant } from './qlik-tenant.ts';

/** What to send as `authorization`, or why there is nothing to send. */
export type Authorization =
  | { readonly kind: 'header'; readonly value: string }
  /** The tenant does not accept the credential. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

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

/** Sends a tenant's API key, or an OAuth token that is kept until nine tenths of its life are over. */
export function authorizerOf(tenant: QlikTenant, now: () => EpochMs): Authorizer {
  const { credential } = tenant;
  if (credential.kind === 'api-key') {
    const header = { kind: 'header', value: `Bearer ${credential.apiKey}` } as const;
    return { isRenewable: false, authorization: async () => header, renew: () => {} };
  }
  let token: Token | undefined;
  return {
    isRenewable: true,
    async authorization(timeout) {
      if (token === undefined || token.renewAt <= now()) {
        const fetched = await fetchToken(tenant.origin, credential.clientId, credential.clientSecret, timeout, now);
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

async function fetchToken(
  origin: string,
  clientId: string,
  clientSecret: string,
  timeout: DurationMs,
  now: () => EpochMs,
): Promise<Token | Exclude<Authorization, { kind: 'header' }>> {
  const json = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
  const askedAt = now();
  const answer = await exchange({ method: 'POST', url: `${origin}/oauth/token`, json, timeout });
  if (answer.kind === 'no-answer') return { kind: 'unavailable', message: `Qlik gave no token: ${answer.message}` };
  const body = isJsonObject(answer.json) ? answer.json : {};
  const value = textOf(body, 'access_token');
  if (answer.status >= 300 || value === undefined) {
    const isRefused = REFUSALS.includes(answer.status) && Array.isArray(fieldOf(body, 'errors'));
    const message = `Qlik gave no token: it answered ${answer.status}`;
    return { kind: isRefused ? 'refused' : 'unavailable', message };
  }
  const lifeSeconds = Number(fieldOf(body, 'expires_in') ?? USUAL_LIFE_SECONDS);
  return { value, renewAt: addMs(askedAt, seconds((lifeSeconds || USUAL_LIFE_SECONDS) * RENEWED_AFTER)) };
}
