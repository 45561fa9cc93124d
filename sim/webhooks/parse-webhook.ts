import { badRequest } from '../http/answer.ts';
import { parseHeaders } from '../http/parse-headers.ts';
import { parseEventFilter } from './event-filter.ts';
import { parseWebhookUrl } from './parse-url.ts';
import type { WebhookFields } from './webhook.ts';

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
