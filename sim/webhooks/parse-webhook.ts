/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A webhook is an
 * address to which the tenant sends events. This file reads the requests that create or change one.
 */

import { isIP } from 'node:net';
import { badRequest } from '../http/answer.ts';
import { refuseHeaders } from '../http/refuse-headers.ts';
import { HEADERS, OFF, ON, parseEach, parserOf } from '../http/schema.ts';
import { parseEventFilter } from './event.ts';
import type { Webhook, WebhookFields } from './webhook.ts';

const parseFields = parserOf<WebhookFields>('A webhook', {
  type: 'object',
  required: ['name', 'url'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 512 },
    url: { type: 'string', minLength: 1, maxLength: 2048 },
    description: { type: 'string', maxLength: 1024 },
    eventTypes: { type: 'array', items: { type: 'string' }, default: [] },
    level: { enum: ['tenant', 'user'], default: 'tenant' },
    ownerId: { type: 'string', maxLength: 100 },
    filter: { type: 'string', maxLength: 100_000 },
    secret: { type: 'string', minLength: 32, maxLength: 64, description: 'a string of 32 to 64 characters' },
    enabled: OFF,
    headers: HEADERS,
    encryptedHeaders: HEADERS,
    checkCertificateRevocation: OFF,
    enableCloudEventDelivery: ON,
    origin: { enum: ['api', 'automations', 'management-console'], default: 'api' },
  },
});

/** Parses the body of a `POST` or `PUT` of a webhook. Absent fields get their defaults. @throws Refusal 400 */
export function parseWebhook(body: unknown, allowLoopback: boolean): WebhookFields {
  const fields = parseFields(body);
  const { url, filter, eventTypes, headers, encryptedHeaders } = fields;
  refuseUrl(url, allowLoopback);
  if (filter !== undefined) parseEventFilter(filter, eventTypes);
  refuseHeaders(headers, 'headers');
  refuseHeaders(encryptedHeaders, 'encryptedHeaders');
  return fields;
}

/**
 * Checks the address of a webhook. It must have `https` and a host name (fact q-webhooks-crud-03). If `allowLoopback`,
 * the hosts `127.0.0.1` and `localhost` are allowed, too, even with `http` (fact q-unknown-20).
 *
 * @throws Refusal 400
 */
function refuseUrl(url: string, allowLoopback: boolean): void {
  if (/\s/.test(url)) throw badRequest('url has a space or line break.');
  if (!URL.canParse(url)) throw badRequest('url is no URL.');
  const { protocol, hostname } = new URL(url);
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost';
  if (allowLoopback && isLoopback && (protocol === 'http:' || protocol === 'https:')) return;
  if (protocol !== 'https:') throw badRequest('url must start with https.');
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  if (isAddress) throw badRequest('url must have a name as host, not an IP address.');
}

interface Operation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value: unknown;
}

/** Parses one operation of a JSON patch. An operation always changes a whole field (facts q-webhooks-crud-11, -12). */
const parseOperation = parserOf<Operation>('An operation', {
  type: 'object',
  required: ['op', 'path'],
  properties: {
    op: { enum: ['add', 'remove', 'replace'] },
    path: {
      enum: [
        '/name',
        '/description',
        '/url',
        '/eventTypes',
        '/headers',
        '/enabled',
        '/secret',
        '/encryptedHeaders',
        '/enableCloudEventDelivery',
      ],
    },
    value: {},
  },
});

/** Applies a JSON patch to a webhook, and returns its new fields. @throws Refusal 400 */
export function patchWebhook(webhook: Webhook, patch: unknown, allowLoopback: boolean): WebhookFields {
  const operations = parseEach(patch, parseOperation).map(({ op, path, value }) => {
    if (op !== 'remove' && value === undefined) throw badRequest(`The operation on ${path} has no value.`);
    return [path.slice(1), op === 'remove' ? undefined : value] as const;
  });
  const changed = Object.fromEntries(operations);
  // The encrypted headers are secrets for one receiver. If the address changes, the caller has to give them again.
  const hasEncrypted = Object.keys(webhook.encryptedHeaders).length > 0;
  if ('url' in changed && hasEncrypted && !('encryptedHeaders' in changed)) {
    throw badRequest('A change of /url needs /encryptedHeaders anew.');
  }
  return parseWebhook({ ...webhook, ...changed }, allowLoopback);
}
