import { isIP } from 'node:net';
import { badRequest } from '../http/answer.ts';
import { asObject } from '../http/call.ts';
import { parseHeaders } from '../http/parse-headers.ts';
import { parseEventFilter } from './event.ts';
import type { Webhook, WebhookFields } from './webhook.ts';

const ORIGINS: readonly unknown[] = ['api', 'automations', 'management-console'];

/** The body of `POST` or `PUT` of a webhook, checked, with the defaults of what is left out. @throws Refusal 400 */
export function parseWebhook(body: Readonly<Record<string, unknown>>, allowLoopback: boolean): WebhookFields {
  const eventTypes = parseEventTypes(body['eventTypes']);
  const filter = optionalText(body['filter'], 'filter', 100_000);
  if (filter !== undefined) parseEventFilter(filter, eventTypes);
  return {
    name: parseName(body['name']),
    url: parseWebhookUrl(body['url'], allowLoopback),
    description: optionalText(body['description'], 'description', 1024),
    eventTypes,
    level: parseLevel(body['level']),
    ownerId: optionalText(body['ownerId'], 'ownerId', 100),
    filter,
    secret: parseSecret(body['secret']),
    enabled: flag(body['enabled'], 'enabled', false),
    headers: parseHeaders(body['headers'], 'headers'),
    encryptedHeaders: parseHeaders(body['encryptedHeaders'], 'encryptedHeaders'),
    checkCertificateRevocation: flag(body['checkCertificateRevocation'], 'checkCertificateRevocation', false),
    enableCloudEventDelivery: flag(body['enableCloudEventDelivery'], 'enableCloudEventDelivery', true),
    origin: parseOrigin(body['origin']),
  };
}

function parseName(value: unknown): string {
  const name = optionalText(value, 'name', 512);
  if (name === undefined || name === '') throw badRequest('name is missing.');
  return name;
}

function parseEventTypes(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badRequest('eventTypes must be an array of strings.');
  return value.map((type: unknown) => {
    if (typeof type !== 'string') throw badRequest('eventTypes must be an array of strings.');
    return type;
  });
}

function parseLevel(value: unknown): 'tenant' | 'user' {
  if (value === undefined || value === 'tenant') return 'tenant';
  if (value === 'user') return 'user';
  throw badRequest('level must be tenant or user.');
}

function parseSecret(value: unknown): string | undefined {
  const secret = optionalText(value, 'secret', 64);
  if (secret !== undefined && secret.length < 32) throw badRequest('secret must have 32 to 64 characters.');
  return secret;
}

function parseOrigin(value: unknown): string {
  if (value === undefined) return 'api';
  if (typeof value !== 'string' || !ORIGINS.includes(value))
    throw badRequest(`origin must be one of ${ORIGINS.join(', ')}.`);
  return value;
}

function flag(value: unknown, what: string, initial: boolean): boolean {
  if (value === undefined) return initial;
  if (typeof value !== 'boolean') throw badRequest(`${what} must be a boolean.`);
  return value;
}

function optionalText(value: unknown, what: string, maxCharacters: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw badRequest(`${what} must be a string.`);
  if (value.length > maxCharacters) throw badRequest(`${what} may have ${maxCharacters} characters.`);
  return value;
}

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

const PATHS = [
  '/name',
  '/description',
  '/url',
  '/eventTypes',
  '/headers',
  '/enabled',
  '/secret',
  '/encryptedHeaders',
  '/enableCloudEventDelivery',
];

/** The fields of `webhook` after a JSON patch of whole fields (q-webhooks-crud-11, -12). @throws Refusal 400; then nothing changes */
export function patchWebhook(webhook: Webhook, patch: unknown, allowLoopback: boolean): WebhookFields {
  if (!Array.isArray(patch)) throw badRequest('The body must be an array of operations.');
  const operations = patch.map((operation: unknown) => parseOperation(operation));
  const changes = operations.map(({ path, value }) => [path.slice(1), value] as const);
  const changed = Object.fromEntries(changes);
  // Encrypted headers are for one receiver: another one gets them only if somebody who knows them says so.
  const hasEncrypted = Object.keys(webhook.encryptedHeaders).length > 0;
  if ('url' in changed && hasEncrypted && !('encryptedHeaders' in changed)) {
    throw badRequest('A change of /url needs /encryptedHeaders anew.');
  }
  return parseWebhook({ ...webhook, ...changed }, allowLoopback);
}

function parseOperation(value: unknown): { readonly path: string; readonly value: unknown } {
  const { op, path, value: given } = asObject(value, 'An operation');
  if (typeof path !== 'string' || !PATHS.includes(path)) throw badRequest(`path must be one of ${PATHS.join(' ')}.`);
  if (op === 'remove') return { path, value: undefined };
  if (op !== 'add' && op !== 'replace') throw badRequest('op must be add, remove or replace.');
  if (given === undefined) throw badRequest(`The operation on ${path} has no value.`);
  return { path, value: given };
}
