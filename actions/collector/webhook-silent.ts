/*
 * Every 5 minutes the sweep finds the ends of reloads that no webhook has reported. If only the sweep finds ends, the
 * tenant's webhook is probably broken: Qlik, for example, disables webhooks without a message. Then chains go on only
 * with the next sweep. This file notices a silent webhook, and raises an alert for people.
 */

import { eventId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { deliveryWords, reloadWebhooks, whyNotSent } from '../../src/core/webhook/why-silent.ts';
import { alertPeople, callTime, type ListPorts } from './collector-ports.ts';
import { endsAmong, type TenantList } from './list/tenant-list.ts';
import { documentsById } from './store-parts.ts';

/** The number of bursts (see `BURST_MS`) after which a webhook counts as silent. Five in a row are hardly chance. */
const SILENT_AFTER = 5;
/**
 * An end belongs to a burst if it is less than a minute before the latest end of the burst. A busy host may refuse many
 * webhooks of one burst and take those of the next one. So this file counts bursts, not ends.
 */
const BURST_MS = 60_000;
/** The most ends of one burst that are looked up in the ledger. Those of five bursts fit into one request. */
const MOST_OF_A_BURST = 30;
/**
 * The most further pages of Qlik's list that are read. A page has up to a hundred reloads, so this is usually enough
 * for five bursts.
 */
const MOST_OLDER = 5;

const SILENT =
  'The sweep found the ends of the last five bursts before any webhook did (ends within one minute are one burst). Look at the webhook and its deliveries in the tenant’s administration.';

/** Raises an alert if the sweep, and not a webhook, found the ends of the last five bursts: see `isSilent`. */
export async function watchWebhook(tenant: TenantName, list: TenantList, ports: ListPorts): Promise<void> {
  if (!(await isSilent(tenant, list, ports))) return;
  const message = `${SILENT} ${await whySilent(tenant, ports)}`;
  await alertPeople({ kind: 'webhook-silent', subject: tenant, message }, ports);
}

/**
 * Whether the sweep, and not a webhook, was the first to find the ends of the newest five bursts. Of a large burst this
 * function looks up only 30 ends. If the list shows fewer than five bursts, the function reads up to five further
 * pages. It returns false if it does not find five bursts, or if the list does not begin at the newest end.
 */
async function isSilent(tenant: TenantName, list: TenantList, ports: ListPorts): Promise<boolean> {
  const reloads = [...list.reloads];
  let next = list.older;
  for (let pages = 0; list.isFromHead; pages += 1) {
    const bursts = newestBursts(endsAmong(reloads, tenant, ports));
    const ids = bursts.flat().map((end) => eventId(tenant, end.reloadId));
    const documents = await documentsById(ids, ports.store);
    if (!ids.every((id) => documents.get(id)?.['source'] === 'sweep')) return false;
    if (bursts.length === SILENT_AFTER) return true;
    const timeout = callTime(ports, ports.until);
    if (next === undefined || pages === MOST_OLDER || timeout === undefined) return false;
    const page = await ports.qlikOf(tenant).listEnded({ next }, timeout);
    if (page.kind !== 'listed') return false;
    reloads.push(...page.reloads);
    ({ next } = page);
  }
  return false;
}

/** The newest bursts of ends, five at most, the newest first, each with up to 30 of its ends. */
function newestBursts(ended: readonly ReloadFinished[]): readonly (readonly ReloadFinished[])[] {
  const bursts: ReloadFinished[][] = [];
  for (const end of [...ended].reverse()) {
    const current = bursts.at(-1);
    const isOfBurst = current?.[0] !== undefined && current[0].endedAt - end.endedAt < BURST_MS;
    if (isOfBurst) current?.push(end);
    else if (bursts.length === SILENT_AFTER) break;
    else bursts.push([end]);
  }
  return bursts.map(spreadOver);
}

/** Up to 30 ends, evenly spread over a burst: a host may take only its first webhooks, or only its last ones. */
function spreadOver(ends: readonly ReloadFinished[]): readonly ReloadFinished[] {
  if (ends.length <= MOST_OF_A_BURST) return ends;
  const step = (ends.length - 1) / (MOST_OF_A_BURST - 1);
  const chosen = new Set(Array.from({ length: MOST_OF_A_BURST }, (_, index) => Math.round(index * step)));
  return ends.filter((_, index) => chosen.has(index));
}

const NO_TIME = { kind: 'unavailable', message: 'there was no time to ask Qlik' } as const;

/**
 * Why a tenant's webhook is silent, as far as Qlik shows that to this credential. This function asks Qlik for the
 * tenant's webhooks, and perhaps for the last delivery of one.
 */
async function whySilent(tenant: TenantName, ports: ListPorts): Promise<string> {
  const qlik = ports.qlikOf(tenant);
  const time = callTime(ports, ports.until);
  const listed = time === undefined ? NO_TIME : await qlik.webhooks(time);
  if (listed.kind === 'unavailable') return `Unknown why: ${listed.message}.`;
  const webhooks = reloadWebhooks(listed.webhooks, ports.webhookPath);
  const reason = whyNotSent(webhooks);
  if (reason !== undefined) return reason;
  const enabled = webhooks.find(({ isEnabled }) => isEnabled);
  if (enabled === undefined) return NONE_SEEN;
  const left = callTime(ports, ports.until);
  const asked = left === undefined ? NO_TIME : await qlik.lastDelivery(enabled.id, left);
  return asked.kind === 'unavailable' ? `Unknown why: ${asked.message}.` : deliveryWords(enabled, asked.delivery);
}

const NONE_SEEN =
  'Unknown why: Qlik shows this credential no webhook for ends of reloads. It was deleted, or is another user’s: only a tenant administrator sees those.';
