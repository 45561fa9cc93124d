import { isDeepStrictEqual } from 'node:util';
import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { BatchEvent } from '../../src/contracts/batch.ts';
import { checkpointId, eventId } from '../../src/core/document-ids.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import type { AlertKind } from '../../src/ledger/documents/alert.ts';
import type { CheckpointDocument } from '../../src/ledger/documents/checkpoint.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { callTime, putOrTell, storeNow } from './collector-ports.ts';
import { createEvents } from './create-events.ts';
import { eventOfRecord } from './event-of-record.ts';
import { firstCheckpoint, withApps } from './list/checkpoint.ts';
import { countsFrom } from './list/list-bounds.ts';
import { listTenant } from './list/list-tenant.ts';
import { tellUnseen } from './list/tell-unseen.ts';
import { appsOf, isRelevant, type TenantList, type TenantPorts } from './list/tenant-list.ts';
import { newestTimes, webhookIn, whySilent } from './webhook-silent.ts';

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
  if (checkpoint === undefined) {
    await firstCheckpoint(tenant, ports);
    return [];
  }
  const list = await listTenant(tenant, checkpoint, ports);
  const problem = typeof list === 'string' ? list : list.problem;
  if (problem !== undefined) {
    ports.log.warn('The sweep did not hear everything from a tenant', { tenant, problem });
  }
  if (typeof list === 'string') return [];
  await tellUnseen(tenant, list.unseen, ports);
  const known = withApps(checkpoint, appsOf(tenant, ports), list.tenantNow, ports.times);
  if (known !== undefined) return collectSince(tenant, checkpoint, { ...known, ...list.progress }, list, ports);
  ports.log.warn('The sweep cannot take up new apps: the tenant does not tell its clock', { tenant });
  return [];
}

/** @param next - the checkpoint as it is once the events are stored. */
async function collectSince(
  tenant: TenantName,
  checkpoint: CheckpointDocument,
  next: CheckpointDocument,
  list: TenantList,
  ports: TenantPorts,
): Promise<readonly BatchEvent[]> {
  const ended = endedIn(tenant, list, ports);
  const newest = list.isFromHead ? newestTimes(ended) : [];
  const counting = { ...checkpoint, ...(next.fresh && { fresh: next.fresh }) };
  const wanted = ended.filter(({ appId, endedAt }) => endedAt >= countsFrom(counting, appId, ports.times));
  const documents = await documentsOf([...wanted, ...newest.flat()], ports);
  const unknown = wanted.filter(({ reloadId }) => documents.get(eventId(tenant, reloadId)) === undefined);
  const hasMoved = !isDeepStrictEqual(checkpoint, next);
  if (unknown.length === 0 && !hasMoved) return [];
  if (await isStopped(tenant, checkpoint, unknown, list, ports)) return [];
  const created = await createEvents(unknown, ports);
  const told = created.length === 0 ? 'heard' : webhookIn(newest, created, documents);
  if (told === 'silent' || (told === 'too-few' && (await isSilentBefore(tenant, list, created, ports)))) {
    await alert('webhook-silent', tenant, `${SILENT} ${await whySilent(tenant, ports.until, ports)}`, ports);
  }
  if (hasMoved) await putOrTell({ ...next }, ports);
  return created;
}

/** So many older pages are read at most: five bursts of a hundred ends. */
const MOST_OLDER = 5;

/** Whether the webhook is silent, by what ended before the list: large bursts, or rare ones, are not in it. */
async function isSilentBefore(
  tenant: TenantName,
  list: TenantList,
  created: readonly ReloadFinished[],
  ports: TenantPorts,
): Promise<boolean> {
  const reloads = [...list.reloads];
  let next = list.isFromHead ? list.older : undefined;
  for (let pages = 0; next !== undefined && pages < MOST_OLDER; pages += 1) {
    const timeout = callTime(ports, ports.until);
    const page = timeout === undefined ? undefined : await ports.qlikOf(tenant).listEnded({ next }, timeout);
    if (page?.kind !== 'listed') return false;
    reloads.push(...page.reloads);
    const times = newestTimes(endedIn(tenant, { ...list, reloads }, ports));
    const told = webhookIn(times, created, await documentsOf(times.flat(), ports));
    if (told !== 'too-few') return told === 'silent';
    ({ next } = page);
  }
  return false;
}

/** The events' documents, by their ids. */
async function documentsOf(
  events: readonly ReloadFinished[],
  { store }: TenantPorts,
): Promise<ReadonlyMap<string, StoredDocument | undefined>> {
  const ids = [...new Set(events.map(({ tenant, reloadId }) => eventId(tenant, reloadId)))];
  const documents = new Map<string, StoredDocument | undefined>();
  for (const part of partsOf(ids)) {
    const found = await store.many(part);
    for (const [index, id] of part.entries()) documents.set(id, found[index]);
  }
  return documents;
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

const SILENT =
  'It was the sweep, not the webhook, that told all ends of the last five times that reloads ended (ends within one minute are one time). Look at the webhook and its deliveries in the tenant’s administration.';
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

const alert = (kind: AlertKind, subject: TenantName, message: string, ports: TenantPorts): Promise<boolean> =>
  raiseAlert(ports.store, { kind, subject, message, traceId: ports.traceId, at: storeNow(ports) }, ports.log);
