import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { deliveryWords, reloadWebhooks, whyNotSent } from '../../src/core/webhook/why-silent.ts';
import { type CollectorPorts, callTime } from './collector-ports.ts';

/** So many times in a row that no webhook told an end are no coincidence: Qlik disables webhooks without a word. */
const SILENT_AFTER = 5;
/** Ends so close together are one time: a host may refuse many of a burst, and take the next webhook. */
const BURST_MS = 60_000;
/** So many ends of one time are looked up in the ledger at most, so that a burst of any size is one time. */
const MOST_OF_A_TIME = 30;

/** The newest five times at which reloads ended, the newest first, each with up to 30 of its ends. */
export function newestTimes(ended: readonly ReloadFinished[]): readonly (readonly ReloadFinished[])[] {
  const times: ReloadFinished[][] = [];
  for (const end of [...ended].reverse()) {
    const current = times.at(-1);
    const isOfBurst = current?.[0] !== undefined && current[0].endedAt - end.endedAt < BURST_MS;
    if (isOfBurst) current?.push(end);
    else if (times.length === SILENT_AFTER) break;
    else times.push([end]);
  }
  return times.map(spreadOver);
}

/** A host may take only the first webhooks of a burst, or only the last ones: so some of its ends from all over it. */
function spreadOver(ends: readonly ReloadFinished[]): readonly ReloadFinished[] {
  if (ends.length <= MOST_OF_A_TIME) return ends;
  const last = MOST_OF_A_TIME - 1;
  const chosen = Array.from(
    { length: MOST_OF_A_TIME },
    (_, index) => ends[Math.round((index * (ends.length - 1)) / last)],
  );
  return chosen.filter((end) => end !== undefined);
}

/** What the newest times say: `too-few` if the sweep alone told each of them, but they are fewer than five. */
export function webhookIn(
  times: readonly (readonly ReloadFinished[])[],
  created: readonly ReloadFinished[],
  documents: ReadonlyMap<string, StoredDocument | undefined>,
): 'silent' | 'heard' | 'too-few' {
  const isOurs = new Set(created.map(({ reloadId }) => reloadId));
  const isOfSweep = ({ tenant, reloadId }: ReloadFinished): boolean =>
    isOurs.has(reloadId) || documents.get(eventId(tenant, reloadId))?.['source'] === 'sweep';
  if (!times.flat().every(isOfSweep)) return 'heard';
  return times.length === SILENT_AFTER ? 'silent' : 'too-few';
}

type Ports = Pick<CollectorPorts, 'qlikOf' | 'now' | 'webhookPath'>;

const NO_TIME = { kind: 'unavailable', message: 'there was no time to ask Qlik' } as const;

/** Why a tenant's webhook is silent, as far as Qlik lets this credential see it: two questions, only when it is. */
export async function whySilent(tenant: TenantName, until: CollectorPorts['deadline'], ports: Ports): Promise<string> {
  const qlik = ports.qlikOf(tenant);
  const time = callTime(ports, until);
  const listed = time === undefined ? NO_TIME : await qlik.webhooks(time);
  if (listed.kind === 'unavailable') return `Unknown why: ${listed.message}.`;
  const webhooks = reloadWebhooks(listed.webhooks, ports.webhookPath);
  const reason = whyNotSent(webhooks);
  if (reason !== undefined) return reason;
  const enabled = webhooks.find(({ isEnabled }) => isEnabled);
  if (enabled === undefined) return NONE_SEEN;
  const left = callTime(ports, until);
  const asked = left === undefined ? NO_TIME : await qlik.lastDelivery(enabled.id, left);
  return asked.kind === 'unavailable' ? `Unknown why: ${asked.message}.` : deliveryWords(enabled, asked.delivery);
}

const NONE_SEEN =
  'Unknown why: Qlik shows this credential no webhook for ends of reloads. It was deleted, or is another user’s: only a tenant administrator sees those.';
