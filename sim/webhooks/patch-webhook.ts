import { badRequest } from '../http/answer.ts';
import { asObject } from '../http/call.ts';
import { parseWebhook } from './parse-webhook.ts';
import type { Webhook, WebhookFields } from './webhook.ts';

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
