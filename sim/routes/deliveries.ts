/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A delivery is one
 * attempt to send an event to a webhook. This file answers calls about deliveries, by which people and Cascade see why
 * a webhook fails.
 */

import { isoTime } from '../clock.ts';
import { badRequest, found, ok, type TenantAnswer } from '../http/answer.ts';
import { type ApiCall, param, type TenantCall } from '../http/call.ts';
import { isAsked, page } from '../http/page.ts';
import type { Routes } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { type Delivery, viewDelivery } from '../webhooks/deliveries.ts';
import { sendAgain } from '../webhooks/sender.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { underBothPrefixes, visibleWebhook } from './webhooks.ts';

/** The part of the webhooks API about deliveries. It lists the deliveries of a webhook, and sends one again. */
export const deliveryRoutes: Routes<ApiCall> = underBothPrefixes({
  'GET /{id}/deliveries': getDeliveries,
  'GET /{id}/deliveries/{deliveryId}': (tenant, call) =>
    ok(viewDelivery(askedDelivery(tenant, call, visibleWebhook(tenant, call)))),
  'POST /{id}/deliveries/{deliveryId}/actions/resend': (tenant, call) =>
    resendDelivery(tenant, call, visibleWebhook(tenant, call)),
});

function getDeliveries(tenant: Tenant, call: ApiCall): TenantAnswer {
  const { id } = visibleWebhook(tenant, call);
  const asked = call.query.get('status');
  if (asked !== null && asked !== 'success' && asked !== 'fail') throw badRequest('status must be success or fail.');
  const wanted = tenant.deliveries.of(id).filter(({ status, eventType }) => isAsked(call, { status, eventType }));
  const body = page(call, wanted, {
    keys: { status: ({ status }) => status, triggeredAt: ({ triggeredAt }) => isoTime(triggeredAt) },
    defaultSort: '-triggeredAt',
    tie: ({ seq }) => seq,
    limit: 20,
    view: viewDelivery,
  });
  return ok(body);
}

/**
 * Sends the bytes of the delivery `{deliveryId}` once more, with the present settings of the webhook. The new attempt
 * has a record of its own. The answer is 201 even if the receiver refuses the delivery (fact q-deliveries-08).
 *
 * @throws Refusal 404 if there is no such delivery.
 */
export async function resendDelivery(tenant: Tenant, call: TenantCall, webhook: Webhook): Promise<TenantAnswer> {
  const delivery = await sendAgain(tenant.sender, webhook, askedDelivery(tenant, call, webhook));
  return { status: 201, body: viewDelivery(delivery) };
}

function askedDelivery(tenant: Tenant, call: TenantCall, { id }: Webhook): Delivery {
  const delivery = tenant.deliveries.find(id, param(call, 'deliveryId'));
  return found(delivery, 'delivery in the last seven days', 'WEBHOOKS-404');
}
