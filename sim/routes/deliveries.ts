import { badRequest, noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import { page, parseLimit, parseSort } from '../page.ts';
import type { Tenant } from '../tenant.ts';
import { type Delivery, viewDelivery } from '../webhooks/deliveries.ts';
import { sendAgain } from '../webhooks/sender.ts';
import { visibleWebhook, WEBHOOK_PREFIXES } from './webhooks.ts';

/** What was delivered to a webhook, and sending it again. */
export function deliveryRoutes(tenant: Tenant): readonly ApiRoute<ApiCall>[] {
  return WEBHOOK_PREFIXES.flatMap((prefix) => [
    { name: `GET ${prefix}/{id}/deliveries`, handle: (call: ApiCall) => getDeliveries(tenant, call) },
    { name: `GET ${prefix}/{id}/deliveries/{deliveryId}`, handle: (call: ApiCall) => getDelivery(tenant, call) },
    {
      name: `POST ${prefix}/{id}/deliveries/{deliveryId}/actions/resend`,
      handle: (call: ApiCall) => resend(tenant, call),
    },
  ]);
}

function getDeliveries(tenant: Tenant, call: ApiCall): TenantAnswer {
  const { id } = visibleWebhook(tenant, call);
  const status = call.query.get('status');
  if (status !== null && status !== 'success' && status !== 'fail') throw badRequest('status must be success or fail.');
  const eventType = call.query.get('eventType');
  const wanted = tenant.deliveries
    .of(id)
    .filter(
      (delivery) =>
        (status ?? delivery.status) === delivery.status && (eventType ?? delivery.eventType) === delivery.eventType,
    );
  const sort = parseSort(call, ['status', 'triggeredAt'], { field: 'triggeredAt', descending: true });
  const place = (delivery: Delivery) => ({
    key: sort.field === 'status' ? delivery.status : new Date(delivery.triggeredAt).toISOString(),
    seq: delivery.seq,
  });
  const { items, links } = page(wanted, { sort, limit: parseLimit(call, 20), place }, call);
  return { status: 200, body: { data: items.map(viewDelivery), links } };
}

function getDelivery(tenant: Tenant, call: ApiCall): TenantAnswer {
  return { status: 200, body: viewDelivery(find(tenant, call)) };
}

/** The same bytes to the webhook as it is now; a new record, 201 whatever came of it (q-deliveries-08). */
async function resend(tenant: Tenant, call: ApiCall): Promise<TenantAnswer> {
  const webhook = visibleWebhook(tenant, call);
  const delivery = await sendAgain(tenant.sender, webhook, find(tenant, call));
  return { status: 201, body: viewDelivery(delivery) };
}

function find(tenant: Tenant, call: ApiCall): Delivery {
  const { id } = visibleWebhook(tenant, call);
  const delivery = tenant.deliveries.find(id, param(call, 'deliveryId'));
  if (delivery === undefined)
    throw noSuchThing('There is no such delivery, or it is older than seven days.', 'WEBHOOKS-404');
  return delivery;
}
