import type { TenantCall } from '../http/call.ts';
import { type ApiPage, page, parseFlag, parseLimit, parseSort } from '../page.ts';
import type { Webhook } from './webhook.ts';

const FIELDS = ['name', 'url', 'createdAt', 'updatedAt'];

/** The page of webhooks that the query asks for (q-webhooks-crud-09). @throws Refusal 400 */
export function listWebhooks(webhooks: readonly Webhook[], call: TenantCall): ApiPage<Webhook> {
  const sort = parseSort(call, FIELDS, { field: 'createdAt', descending: true });
  const place = (webhook: Webhook) => ({ key: sortKey(webhook, sort.field), seq: webhook.seq });
  const enabled = parseFlag(call, 'enabled');
  const wanted = webhooks.filter(
    (webhook) =>
      (enabled === undefined || webhook.enabled === enabled) &&
      isAmong(call, 'eventTypes', webhook.eventTypes) &&
      isAmong(call, 'level', [webhook.level]) &&
      isAmong(call, 'origins', [webhook.origin]) &&
      isAmong(call, 'ownerId', [webhook.ownerId]) &&
      isAmong(call, 'createdByUserId', [webhook.createdByUserId]) &&
      isAmong(call, 'updatedByUserId', [webhook.updatedByUserId]) &&
      isLike(call, 'name', webhook.name) &&
      isLike(call, 'url', webhook.url),
  );
  return page(wanted, { sort, limit: parseLimit(call, 20), place }, call);
}

function sortKey(webhook: Webhook, field: string): string {
  switch (field) {
    case 'name':
      return webhook.name;
    case 'url':
      return webhook.url;
    case 'updatedAt':
      return new Date(webhook.updatedAt).toISOString();
    default:
      return new Date(webhook.createdAt).toISOString();
  }
}

/** Whether the query leaves `name` out, or one of its values (separated by commas or repeated) is one of `values`. */
function isAmong(call: TenantCall, name: string, values: readonly (string | undefined)[]): boolean {
  const asked = call.query.getAll(name).flatMap((text) => text.split(','));
  return asked.length === 0 || asked.some((each) => values.includes(each));
}

/** Whether the query leaves `name` out, or its text, `*` standing for anything, is in `value` whatever the case. */
function isLike(call: TenantCall, name: string, value: string): boolean {
  const asked = call.query.get(name);
  if (asked === null) return true;
  const text = value.toLowerCase();
  let from = 0;
  // No regular expression: one of many `*` would take for ever on what it does not match.
  for (const part of asked.toLowerCase().split('*')) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}
