import type { NewDocument, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { checkpointId, eventId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { AlertKind } from '../../src/ledger/documents/alert-document.ts';
import type { CheckpointDocument, CheckpointGap } from '../../src/ledger/documents/checkpoint-document.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { type CollectorPorts, storeNow } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { isRelevant, listTenant, type TenantList } from './list-tenant.ts';
import { isWebhookSilent, newestOf, SILENT_AFTER } from './webhook-silent.ts';

export interface TenantPorts extends CollectorPorts {
  /** When the lists end. */
  readonly until: EpochMs;
  /** The store's identity; asked for once. */
  readonly identity: () => Promise<string>;
}

/** An end may be told that much after the tenant's clock of a moment ago; later ones are nonsense, and move nothing. */
const AHEAD_MS = 60_000;

/**
 * Hears from a tenant what ended since its checkpoint, and creates the events that no webhook told (ledger.md §9).
 *
 * Invariant: the checkpoint is written after the events up to it are stored, and only if it moved; over what is known
 * nothing is written. Any two at once create each event once, since its id is its reload's.
 *
 * @returns the events created here.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function sweepTenant(
  tenant: TenantName,
  checkpoint: CheckpointDocument | undefined,
  ports: TenantPorts,
): Promise<readonly BatchEvent[]> {
  const since = checkpoint === undefined ? (0 as EpochMs) : sinceOf(checkpoint, ports);
  const list =
    checkpoint === undefined ? await firstPage(tenant, ports) : await listTenant(tenant, since, checkpoint, ports);
  if (typeof list === 'string' || list.problem !== undefined) {
    const problem = typeof list === 'string' ? list : list.problem;
    ports.log.warn('The sweep did not hear everything from a tenant', { tenant, problem });
  }
  if (typeof list === 'string') return [];
  if (checkpoint === undefined) {
    await setFirst(tenant, list, ports);
    return [];
  }
  return collectSince(tenant, since, checkpoint, list, ports);
}

const sinceOf = ({ t, from }: CheckpointDocument, { times }: TenantPorts): EpochMs =>
  Math.max(t - times.overlap, from) as EpochMs;

/** One page is enough to learn the tenant's clock. */
const firstPage = (tenant: TenantName, ports: TenantPorts): Promise<TenantList | string> =>
  listTenant(tenant, Number.POSITIVE_INFINITY as EpochMs, undefined, ports);

/** Without a checkpoint everything is history: the first one is the tenant's now, and starts nothing. */
async function setFirst(tenant: TenantName, { tenantNow }: TenantList, ports: TenantPorts): Promise<void> {
  if (tenantNow === undefined) {
    ports.log.warn('The sweep cannot begin: the tenant does not tell its clock', { tenant });
    return;
  }
  const store = await ports.identity();
  const first = { t: tenantNow, from: tenantNow, store };
  await ports.store.put({ _id: checkpointId(tenant), schema: 1, type: 'checkpoint', ...first });
  ports.log.info('The sweep begins: what ended before starts nothing', { tenant, from: tenantNow });
}

async function collectSince(
  tenant: TenantName,
  since: EpochMs,
  checkpoint: CheckpointDocument,
  list: TenantList,
  ports: TenantPorts,
): Promise<readonly BatchEvent[]> {
  const ended = endedIn(tenant, list, ports);
  const newest = newestOf(ended, SILENT_AFTER);
  const wanted = ended.filter((event) => event.endedAt >= since && !isKnownBy(checkpoint, event, ports));
  const asked = [...new Map([...wanted, ...newest].map((event) => [eventId(tenant, event.reloadId), event]))];
  const documents = new Map<string, StoredDocument | undefined>();
  for (const part of partsOf(asked)) {
    const found = await ports.store.many(part.map(([id]) => id));
    for (const [index, [id]] of part.entries()) documents.set(id, found[index]);
  }
  const unknown = wanted.filter(({ reloadId }) => documents.get(eventId(tenant, reloadId)) === undefined);
  const moved = movedBy(checkpoint, list, since);
  if (unknown.length === 0 && moved === undefined) return [];
  if (await isStopped(tenant, checkpoint, unknown, list, ports)) return [];
  const created = await createEvents(unknown, ports);
  if (created.length > 0 && isWebhookSilent(newest, created, documents)) {
    await alert('webhook-silent', tenant, SILENT, ports);
  }
  if (moved !== undefined) await ports.store.put(withProgress(checkpoint, moved));
  return created;
}

/** So many ids are looked up in one request. */
const LOOKED_UP = 200;

function partsOf<T>(list: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / LOOKED_UP) }, (_, index) =>
    list.slice(index * LOOKED_UP, (index + 1) * LOOKED_UP),
  );
}

/** The ends that concern a link, each once, in the order of their time. */
function endedIn(tenant: TenantName, { reloads }: TenantList, ports: TenantPorts): readonly ReloadFinished[] {
  const byId = new Map<string, ReloadFinished>();
  for (const record of reloads) {
    const event = isRelevant(tenant, record, ports) ? eventOfRecord(tenant, record) : undefined;
    if (event !== undefined) byId.set(event.reloadId, event);
  }
  return [...byId.values()].sort((a, b) => a.endedAt - b.endedAt || (a.reloadId < b.reloadId ? -1 : 1));
}

/** Whether an earlier sweep that ran out of time surely dealt with it: what a list shows late is near its head. */
const isKnownBy = ({ gap }: CheckpointDocument, { endedAt }: ReloadFinished, { times }: TenantPorts): boolean =>
  gap !== undefined && endedAt > gap.reached && endedAt < gap.head - times.overlap;

type Progress = Pick<CheckpointDocument, 't' | 'gap' | 'round'>;

/** What the checkpoint says once the events are stored; undefined where nothing changes. */
function movedBy(checkpoint: CheckpointDocument, list: TenantList, since: EpochMs): Progress | undefined {
  const { t, gap, round } = checkpoint;
  const ends = list.reloads.flatMap(({ endedAt }) => (endedAt === undefined ? [] : [endedAt]));
  const latest = (list.tenantNow ?? Number.POSITIVE_INFINITY) + AHEAD_MS;
  const head = Math.max(0, ...ends.filter((end) => end <= latest)) as EpochMs;
  if (list.isWhole) {
    // Of a round over several sweeps the first app's list is as old as the round.
    const seen = (round === undefined ? head : (list.round?.since ?? t)) as EpochMs;
    if (seen <= t && gap === undefined && round === undefined) return undefined;
    return { t: Math.max(seen, t) as EpochMs };
  }
  const next = list.round?.next;
  if (list.round !== undefined && next !== undefined) return { t, round: { since: list.round.since, next } };
  if (!list.isByEnd || head <= since) return undefined;
  const wider = widened(gap, { head, reached: Math.min(head, ...ends) as EpochMs });
  return wider === undefined ? undefined : { t, gap: wider };
}

/** Both stretches as one where they touch; undefined where nothing new is known. */
function widened(known: CheckpointGap | undefined, seen: CheckpointGap): CheckpointGap | undefined {
  if (known === undefined) return seen;
  if (seen.reached > known.head) return undefined;
  const reached = Math.min(seen.reached, known.reached) as EpochMs;
  return seen.head === known.head && reached === known.reached ? undefined : { head: seen.head, reached };
}

const withProgress = ({ _id, _rev, from, store }: CheckpointDocument, progress: Progress): NewDocument => ({
  _id,
  _rev,
  schema: 1,
  type: 'checkpoint',
  from,
  store,
  ...progress,
});

const SILENT =
  'It was the sweep, not the webhook, that told the last five ends: Qlik may have disabled the webhook. Look at it in the tenant’s administration.';
const GO_ON = (tenant: TenantName): string =>
  `The sweep starts nothing for this tenant any more; webhooks do. Look which followers are owed, then delete the document ${checkpointId(tenant)}: the sweep goes on from then.`;

/** Whether creating these events may be wrong, so that a person has to look first. */
async function isStopped(
  tenant: TenantName,
  checkpoint: CheckpointDocument,
  unknown: readonly ReloadFinished[],
  { tenantNow }: TenantList,
  ports: TenantPorts,
): Promise<boolean> {
  if (checkpoint.store !== (await ports.identity())) {
    await alert('store-changed', tenant, `The checkpoint was written in another store. ${GO_ON(tenant)}`, ports);
    return true;
  }
  const oldest = unknown[0];
  if (oldest === undefined || tenantNow === undefined || oldest.endedAt >= tenantNow - ports.times.farthestJump) {
    return false;
  }
  const what = `The reload ${oldest.reloadId} ended more than a day ago, and no webhook and no sweep heard of it.`;
  await alert('checkpoint-jump', tenant, `${what} ${GO_ON(tenant)}`, ports);
  return true;
}

const alert = (kind: AlertKind, subject: TenantName, message: string, ports: TenantPorts): Promise<void> =>
  raiseAlert(ports.store, { kind, subject, message, traceId: ports.traceId, at: storeNow(ports) }, ports.log);
