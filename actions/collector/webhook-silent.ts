/*
 * Every 5 minutes the sweep finds the ends of reloads that no webhook reported. If only the sweep finds ends, the
 * webhook of the tenant is probably broken: Qlik disables webhooks without a message. This file notices that and raises
 * an alert for people.
 */

import { eventId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { deliveryWords, reloadWebhooks, whyNotSent } from '../../src/core/webhook/why-silent.ts';
import { alertPeople, callTime, type ListPorts } from './collector-ports.ts';
import { endsAmong, type TenantList } from './list/tenant-list.ts';
import { documentsById } from './store-parts.ts';

/** So many bursts without a webhook are hardly chance. (A burst: see `BURST_MS`.) */
const SILENT_AFTER = 5;
/**
 * Ends within a minute are one burst. A busy host may refuse many webhooks of one burst and take the next one, so we
 * count bursts.
 */
const BURST_MS = 60_000;
/** The most ends of one burst that are looked up in the ledger. Those of five bursts fit into one request. */
const MOST_OF_A_BURST = 30;
/** The most older pages that are read. Five pages are enough for five bursts of a hundred ends. */
const MOST_OLDER = 5;

const SILENT =
  'The sweep found every end of the last five bursts, and the webhook brought none (ends within one minute are one burst). Look at the webhook and its deliveries in the tenant’s administration.';

/** Raises an alert if the sweep found the ends of the last five bursts, and no webhook brought one of them. */
export async function watchWebhook(tenant: TenantName, list: TenantList, ports: ListPorts): Promise<void> {
  if (!(await isSilent(tenant, list, ports))) return;
  const message = `${SILENT} ${await whySilent(tenant, ports)}`;
  await alertPeople({ kind: 'webhook-silent', subject: tenant, message }, ports);
}

/**
 * Whether the sweep found the ends of the newest five bursts, and no webhook did. Of a large burst 30 ends are looked
 * up. If the list shows fewer than five bursts, this reads older pages. If there are fewer than five bursts, this is
 * false.
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

/** Why a tenant's webhook is silent, as far as Qlik shows it to this credential. This asks Qlik at most twice. */
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
