import { createHmac, timingSafeEqual } from 'node:crypto';
import { isSameSecret } from '../../src/platform/is-same-secret.ts';
import type { WebhookTenant } from '../../src/platform/settings/receiver-settings.ts';

/** What a sender shows as proof. */
export interface Credentials {
  /** `qlik-signature`: HMAC-SHA256 of the body's bytes in hex. Qlik writes small letters (fact q-signature-01). */
  readonly signature?: string;
  /** `x-api-key`, a custom header of the webhook. */
  readonly apiKey?: string;
}

/** Who sent the body, and which bytes it is. */
export type Verdict =
  | { readonly kind: 'verified'; readonly tenant: WebhookTenant; readonly body: Buffer }
  | { readonly kind: 'refused'; readonly why: WhyRefused };

export type WhyRefused = 'no-credential' | 'wrong-signature' | 'no-secret' | 'wrong-api-key';

type Shown = { readonly [name in keyof Credentials]: string | undefined };

const SIGNATURE = /^[\da-f]{64}$/i;

/** The bytes that a signature stands for, however its letters are written; none of 32 where it is none. */
const bytesOf = (signature: string | undefined): Buffer =>
  SIGNATURE.test(signature ?? '') ? Buffer.from(signature ?? '', 'hex') : Buffer.alloc(0);

const isSignedWith = (secret: string, body: Buffer, given: Buffer): boolean => {
  const expected = createHmac('sha256', secret).update(body).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
};

/**
 * Decides which tenant sent a body. A tenant with a secret needs the signature, one without needs its API key.
 *
 * Every secret is compared with every candidate, in constant time: how long it takes tells nothing.
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

function whyRefused({ signature, apiKey }: Shown, isSignatureChecked: boolean): WhyRefused {
  if (signature !== undefined && isSignatureChecked) return 'wrong-signature';
  if (apiKey !== undefined) return 'wrong-api-key';
  return signature === undefined ? 'no-credential' : 'no-secret';
}
