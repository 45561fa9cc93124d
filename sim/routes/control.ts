/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Tests and
 * `npm start` control it over HTTP, below `/_sim`: they move its clock, ask for failures and read its journal. This
 * file is that interface.
 */

import { readFileSync } from 'node:fs';
import { isoTime } from '../clock.ts';
import { parseFaults } from '../faults.ts';
import { badRequest, found, ok, type TenantAnswer } from '../http/answer.ts';
import { jsonBody, jsonObject, param, type TenantCall } from '../http/call.ts';
import type { Routes } from '../http/router.ts';
import { OFF, parseOneOrMore, parserOf, TEXT, UP_TO_TEN_YEARS } from '../http/schema.ts';
import { isApiRoute } from '../http/serve-api.ts';
import { parseSpace } from '../spaces.ts';
import type { Tenant } from '../tenant.ts';
import { viewDelivery } from '../webhooks/deliveries.ts';
import { sendAtOnce } from '../webhooks/sender.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { resendDelivery } from './deliveries.ts';

/** The control interface without its part about apps. At its root there is a page for people. */
export const controlRoutes: Routes<TenantCall> = {
  'GET /_sim/': getPage,
  'GET /_sim': () => ({ status: 308, headers: { Location: '/_sim/' } }),
  'GET /_sim/faults': ({ faults }) => ok({ data: faults.left() }),
  'PUT /_sim/faults': putFaults,
  'GET /_sim/switches': ({ switches }) => ok(switches.all()),
  'PUT /_sim/switches': putSwitches,
  'GET /_sim/clock': getClock,
  'POST /_sim/clock': moveClock,
  'POST /_sim/users': postUser,
  'GET /_sim/spaces': ({ spaces }) => ok({ data: spaces.all() }),
  'POST /_sim/spaces': postSpaces,
  'GET /_sim/journal': getJournal,
  'POST /_sim/deliver': deliver,
  // The same as the API's route, for callers without a key.
  'POST /_sim/webhooks/{id}/deliveries/{deliveryId}/resend': (tenant, call) =>
    resendDelivery(tenant, call, webhookOf(tenant, param(call, 'id'))),
};

const PAGE = new URL('../console/page.html', import.meta.url);
const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=UTF-8',
  // The page loads nothing, and calls only the tenant.
  'Content-Security-Policy':
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
};

function getPage(): TenantAnswer {
  return { status: 200, headers: PAGE_HEADERS, text: readFileSync(PAGE, 'utf8') };
}

function putFaults({ faults }: Tenant, call: TenantCall): TenantAnswer {
  faults.replace(parseFaults(jsonBody(call), isApiRoute));
  return ok({ data: faults.left() });
}

function putSwitches({ switches }: Tenant, call: TenantCall): TenantAnswer {
  switches.merge(jsonBody(call));
  return ok(switches.all());
}

function getClock({ clock }: Tenant): TenantAnswer {
  const now = clock.now();
  return ok({ now, time: isoTime(now), pace: clock.pace });
}

const parseMove = parserOf<{ readonly advanceMs: number }>('The body', {
  type: 'object',
  required: ['advanceMs'],
  properties: { advanceMs: UP_TO_TEN_YEARS },
});

/**
 * Moves the clock. It answers when all work that became due is done. For a delivery to a webhook it waits at most as
 * long as the switch `clock.patienceMs` (a setting of the simulation) says.
 */
async function moveClock(tenant: Tenant, call: TenantCall): Promise<TenantAnswer> {
  await tenant.clock.advance(parseMove(jsonBody(call)).advanceMs);
  return getClock(tenant);
}

interface AskedUser {
  readonly name: string;
  readonly roles: readonly unknown[];
  readonly disabled: boolean;
}

const parseUser = parserOf<AskedUser>('A user', {
  type: 'object',
  required: ['name'],
  properties: { name: TEXT, roles: { type: 'array', default: [] }, disabled: OFF },
});

function postUser(tenant: Tenant, call: TenantCall): TenantAnswer {
  const { name, roles, disabled } = parseUser(jsonBody(call));
  const { user, apiKey } = tenant.users.add({
    name,
    subject: `sim|${name}`,
    roles: roles.map(String),
    isDisabled: disabled,
  });
  return { status: 201, body: { ...user, isDisabled: undefined, apiKey } };
}

function postSpaces(tenant: Tenant, call: TenantCall): TenantAnswer {
  const settings = parseOneOrMore(jsonBody(call), parseSpace);
  return { status: 201, body: { data: settings.map((space) => tenant.spaces.put(space)) } };
}

/** A minute: the longest time for which a call waits for the next entry of the journal. */
const LONGEST_WAIT_MS = 60_000;

async function getJournal({ journal }: Tenant, call: TenantCall): Promise<TenantAnswer> {
  const waitMs = Math.min(parseCount(call, 'waitMs'), LONGEST_WAIT_MS);
  const data = await journal.sinceOrWait(parseCount(call, 'after'), waitMs);
  return ok({ data, last: journal.last });
}

/** A whole number of the query, 0 if it is absent. @throws Refusal 400 */
function parseCount(call: TenantCall, name: string): number {
  const text = call.query.get(name) ?? '0';
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} must be a whole number.`);
  return Number(text);
}

/**
 * Sends a text to a webhook as Qlik would send an event, even if the webhook is disabled. It waits for the receiver's
 * answer.
 */
async function deliver(tenant: Tenant, call: TenantCall): Promise<TenantAnswer> {
  const { webhookId, body } = jsonObject(call);
  if (typeof body !== 'string') throw badRequest('body must be a string.');
  const payload = { eventType: 'custom', body: body.toWellFormed() };
  return ok(viewDelivery(await sendAtOnce(tenant.sender, webhookOf(tenant, String(webhookId)), payload)));
}

function webhookOf(tenant: Tenant, id: string): Webhook {
  return found(tenant.webhooks.get(id), `webhook as ${JSON.stringify(id)}`);
}
