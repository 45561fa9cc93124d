import { badRequest, noSuchThing, type TenantAnswer } from '../http/answer.ts';
import { jsonBody, jsonObject, param, type TenantCall } from '../http/call.ts';
import type { ApiRoute } from '../http/router.ts';
import type { Tenant } from '../tenant.ts';
import { viewDelivery } from '../webhooks/deliveries.ts';
import { sendAgain, sendAtOnce } from '../webhooks/sender.ts';
import type { Webhook } from '../webhooks/webhook.ts';

const LONGEST_WAIT_MS = 60_000;

/** The control interface beside apps, people and the clock: faults, switches, the journal, and sending by hand. `isApiRoute` says which calls can be made to fail. */
export function controlRoutes(tenant: Tenant, isApiRoute: (name: string) => boolean): readonly ApiRoute<TenantCall>[] {
  return [
    { name: 'GET /_sim/faults', handle: () => ok({ data: tenant.faults.left() }) },
    { name: 'PUT /_sim/faults', handle: (call) => putFaults(tenant, call, isApiRoute) },
    { name: 'GET /_sim/switches', handle: () => ok(tenant.switches.all()) },
    { name: 'PUT /_sim/switches', handle: (call) => putSwitches(tenant, call) },
    { name: 'GET /_sim/journal', handle: (call) => getJournal(tenant, call) },
    { name: 'POST /_sim/deliver', handle: (call) => deliver(tenant, call) },
    { name: 'POST /_sim/webhooks/{id}/deliveries/{deliveryId}/resend', handle: (call) => resend(tenant, call) },
  ];
}

function putFaults(tenant: Tenant, call: TenantCall, isApiRoute: (name: string) => boolean): TenantAnswer {
  tenant.faults.replace(jsonBody(call), isApiRoute);
  return ok({ data: tenant.faults.left() });
}

function putSwitches(tenant: Tenant, call: TenantCall): TenantAnswer {
  tenant.switches.merge(jsonObject(call));
  return ok(tenant.switches.all());
}

async function getJournal(tenant: Tenant, call: TenantCall): Promise<TenantAnswer> {
  const after = wholeNumber(call, 'after');
  const waitMs = Math.min(wholeNumber(call, 'waitMs'), LONGEST_WAIT_MS);
  const data = await tenant.journal.sinceOrWait(after, waitMs);
  return ok({ data, last: tenant.journal.last });
}

/** Sends any bytes as Qlik would send an event, also to a webhook that is not enabled; answers when the receiver has. */
async function deliver(tenant: Tenant, call: TenantCall): Promise<TenantAnswer> {
  const { webhookId, body } = jsonObject(call);
  if (typeof body !== 'string') throw badRequest('body must be a string.');
  const webhook = webhookOf(tenant, String(webhookId));
  const payload = { eventType: 'custom', body: Buffer.from(body, 'utf8') };
  return ok(viewDelivery(await sendAtOnce(tenant.sender, webhook, payload)));
}

/** The same as the API's, for somebody without a key. */
async function resend(tenant: Tenant, call: TenantCall): Promise<TenantAnswer> {
  const webhook = webhookOf(tenant, param(call, 'id'));
  const delivery = tenant.deliveries.find(webhook.id, param(call, 'deliveryId'));
  if (delivery === undefined) throw noSuchThing('There is no such delivery, or it is older than seven days.');
  return { status: 201, body: viewDelivery(await sendAgain(tenant.sender, webhook, delivery)) };
}

function webhookOf(tenant: Tenant, id: string): Webhook {
  const webhook = tenant.webhooks.get(id);
  if (webhook === undefined) throw noSuchThing(`There is no webhook ${JSON.stringify(id)}.`);
  return webhook;
}

function wholeNumber(call: TenantCall, name: string): number {
  const text = call.query.get(name) ?? '0';
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} must be a whole number.`);
  return Number(text);
}

function ok(body: unknown): TenantAnswer {
  return { status: 200, body };
}
