/*
 * Anybody can post to the webhook's address, and a wrong webhook could start reloads. So the receiver checks here which
 * tenant sent a webhook: by a signature of the body, or by a key.
 *
 * A signature is about bytes, but OpenWhisk passes the body as text or as base64, and does not say which. So the body
 * has several candidates: the bytes that it may stand for.
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { isSameSecret } from '../../src/platform/is-same-secret.ts';
import type { WebhookTenant } from '../../src/platform/settings/receiver-settings.ts';

/** The headers by which a sender proves which tenant it is. */
export interface Credentials {
  /** `qlik-signature`: HMAC-SHA256 of the body's bytes in hex. Qlik writes small letters (fact q-signature-01). */
  readonly signature?: string | undefined;
  /** `x-api-key`, a custom header of the webhook. */
  readonly apiKey?: string | undefined;
}

/** Which tenant sent the body, and which candidate is the true one. Or why the sender is refused. */
export type Verdict =
  | { readonly kind: 'verified'; readonly tenant: WebhookTenant; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly why: WhyRefused };

/** Why a sender is refused. `no-secret`: it sent a signature, but no tenant has a secret to check that with. */
export type WhyRefused = 'no-credential' | 'wrong-signature' | 'no-secret' | 'wrong-api-key';

const SIGNATURE = /^[\da-f]{64}$/i;

/**
 * The 32 bytes of a signature in hex, in small or capital letters. If the text is no signature, an empty buffer, which
 * matches nothing.
 */
const bytesOf = (signature = ''): Buffer => Buffer.from(SIGNATURE.test(signature) ? signature : '', 'hex');

const isSignedWith = (secret: string, body: Buffer, given: Buffer): boolean => {
  const expected = createHmac('sha256', secret).update(body).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
};

/**
 * Decides which tenant sent a body. If a tenant has a secret, its webhooks need the signature. If it has none, they
 * need its API key.
 *
 * The comparisons take constant time, and go on after one has matched. So the time that they take gives no secret away.
 *
 * @param candidates - the bytes that the body may stand for, likeliest first: see `rawBodyCandidates`.
 */
export function authenticate(
  candidates: readonly Buffer[],
  { signature, apiKey }: Credentials,
  tenants: readonly WebhookTenant[],
): Verdict {
  const verified: { tenant: WebhookTenant; body: Buffer }[] = [];
  const given = bytesOf(signature);
  for (const tenant of tenants) {
    for (const body of candidates) {
      const matches =
        tenant.secrets.length > 0
          ? tenant.secrets.filter((secret) => isSignedWith(secret, body, given))
          : tenant.apiKeys.filter((key) => isSameSecret(apiKey ?? '', key));
      if (matches.length > 0) verified.push({ tenant, body });
    }
  }
  const [first] = verified;
  if (first !== undefined) return { kind: 'verified', ...first };
  const isSignatureChecked = tenants.some(({ secrets }) => secrets.length > 0);
  return { kind: 'refused', why: whyRefused({ signature, apiKey }, isSignatureChecked) };
}

function whyRefused({ signature, apiKey }: Credentials, isSignatureChecked: boolean): WhyRefused {
  if (signature !== undefined && isSignatureChecked) return 'wrong-signature';
  if (apiKey !== undefined) return 'wrong-api-key';
  return signature === undefined ? 'no-credential' : 'no-secret';
}
