import { isIP } from 'node:net';
import { badRequest } from '../http/answer.ts';

const MAX_CHARACTERS = 2048;

/** Where a webhook posts to: `https` and a name, no IP address; `http` and loopback only if allowed (q-webhooks-crud-03, q-unknown-20). @throws Refusal 400 */
export function parseWebhookUrl(value: unknown, allowLoopback: boolean): string {
  if (typeof value !== 'string' || value === '') throw badRequest('url must be a string.');
  if (value.length > MAX_CHARACTERS) throw badRequest(`url may have ${MAX_CHARACTERS} characters.`);
  if (/\s/.test(value)) throw badRequest('url has a space or line break.');
  if (!URL.canParse(value)) throw badRequest('url is no URL.');
  const { protocol, hostname } = new URL(value);
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost';
  if (allowLoopback && isLoopback && (protocol === 'http:' || protocol === 'https:')) return value;
  if (protocol !== 'https:') throw badRequest('url must start with https.');
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0)
    throw badRequest('url must have a name as host, not an IP address.');
  return value;
}
