import { createHmac } from 'node:crypto';

/** The value of `Qlik-Signature`: HMAC-SHA256 of the bytes, keyed with the secret in UTF-8, in lower-case hex (q-signature-01). */
export function signBody(body: Uint8Array, secret: string): string {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest('hex');
}
