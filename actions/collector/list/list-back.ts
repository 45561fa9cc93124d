/*
 * The sweep runs every 5 minutes, because a webhook may get lost. It asks Qlik for the reloads that ended since the
 * last sweep. This file reads Qlik's list for it, page by page. A long list may take several sweeps, so a reading can
 * stop at a place in the list, and the next sweep goes on there.
 */

import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import { definedFields } from '../../../src/core/defined-fields.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointGap } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, type ListPorts } from '../collector-ports.ts';

/**
 * A place in Qlik's list, at which the next reading goes on.
 *
 * - `by`: how we ask Qlik to sort the list: the latest end first, or the latest creation of a reload first.
 * - `next`: Qlik's cursor of the next page. Without it, the reading begins at the newest entry.
 * - `reached`: the earliest end that the last reading saw. If it saw none, the earliest end of the reading before.
 */
export type ListPlace = Omit<CheckpointGap, 'head'>;

/** What one reading of the list found. The reading may have stopped before it came back to `since`. */
export interface Listed {
  readonly kind: 'listed';
  readonly reloads: readonly ReloadRecord[];
  /** Where the next reading has to go on. Absent if this reading came back to `since`. */
  readonly left?: ListPlace | undefined;
  /** True if this reading began at the newest entry; false if it went on where an earlier reading stopped. */
  readonly isFromHead: boolean;
  /**
   * Qlik's cursor of the next page, for a caller who wants ends before `since`, too. Absent if `left` is there, if the
   * list is sorted by creation, or if there is no next page.
   */
  readonly older?: string | undefined;
  /** The tenant's clock when the first page came. */
  readonly tenantNow?: EpochMs | undefined;
  /** Why there is a `left`: the time ran out, Qlik gave no further page, or Qlik does not sort by ends. */
  readonly problem?: string | undefined;
}

/** The result of a reading. `forbidden` and `unavailable`: Qlik gave not even one page. */
export type ListedBack = Listed | { readonly kind: 'forbidden' | 'unavailable'; readonly message: string };

/** Which ends to read. */
export interface EndsRequest {
  /** Read only this app's reloads. Absent: those of all apps of the tenant. */
  readonly appId?: AppId;
  /** Where an earlier reading stopped; absent to begin at the newest entry. */
  readonly place?: ListPlace | undefined;
  /** Ends before this instant are not needed. By Qlik's clock. */
  readonly since: EpochMs;
}

/**
 * Reads Qlik's list of reloads page by page, from the newest entry, or from `place`, until it has the ends since
 * `since`. If the time runs out, or Qlik gives no further page, the reading stops early, and `left` says where to go
 * on.
 *
 * We ask Qlik to sort by end, the latest first. Qlik may ignore that and sort by creation (fact q-unknown-16). So we
 * check each page's times:
 * - The ends are not in order. Then Qlik sorts by creation, and we start again with a list by creation.
 * - The ends are in order, the creations are not. Then Qlik sorts by end. The reading is complete at the first end
 *   before `since`.
 * - Both are in order. Then we cannot see by which one Qlik sorts, so we read as far as in a list by creation.
 *
 * In a list by creation, the reading is complete at the first entry that was created more than 9.5 h before `since`. No
 * reload takes longer than 9.5 h (`longestReload`) from its creation to its end. So this entry ended before `since`,
 * and so did all entries after it.
 *
 * @returns `forbidden` if Qlik refuses the list, mostly because this credential may not see it; `unavailable` if not
 *   even one page could be read.
 */
export async function listBack(tenant: TenantName, request: EndsRequest, ports: ListPorts): Promise<ListedBack> {
  const { place = { by: 'end' } } = request;
  const list = await readPages(tenant, request, place, ports);
  // Maybe Qlik refuses the old cursor and not the list. So we try once more without a cursor.
  if (list.kind === 'forbidden' && place.next !== undefined)
    return listBack(tenant, { ...request, place: undefined }, ports);
  if (place.by === 'creation' || list.kind !== 'listed' || list.left?.by !== 'creation') return list;
  const byCreation = await readPages(tenant, request, list.left, ports);
  return byCreation.kind === 'listed' ? byCreation : list;
}

/**
 * Reads pages from `place` on, until they go back to `since`. If we asked for a list by end and see that Qlik sorts by
 * creation, the reading stops, and `left` says that the next reading has to be by creation.
 */
async function readPages(
  tenant: TenantName,
  { appId, since }: EndsRequest,
  place: ListPlace,
  ports: ListPorts,
): Promise<ListedBack> {
  const { by, reached } = place;
  const reloads: ReloadRecord[] = [];
  let firstPage: Pick<Listed, 'tenantNow'> | undefined;
  const found = (rest: Pick<Listed, 'left' | 'problem' | 'older'>): Listed => ({
    ...{ kind: 'listed', reloads, isFromHead: place.next === undefined },
    ...firstPage,
    ...rest,
  });
  let { next } = place;
  do {
    const timeout = callTime(ports, ports.until);
    const query = definedFields({ appId, newestBy: by, next });
    const page = timeout === undefined ? NO_TIME : await ports.qlikOf(tenant).listEnded(query, timeout);
    if (page.kind !== 'listed') {
      if (firstPage === undefined) return page;
      return found({ left: placeAfter(reloads, { by, next, reached }), problem: page.message });
    }
    firstPage ??= { tenantNow: page.tenantNow };
    reloads.push(...page.reloads);
    ({ next } = page);
    // On the last page the order does not matter: we have the whole list.
    if (by === 'end' && next !== undefined && !isEndOrder(reloads, reached))
      return found({ left: { by: 'creation' }, problem: 'the tenant does not list by ends' });
  } while (next !== undefined && !isCompleteSince(reloads, since, by, ports.times));
  return found({ older: by === 'end' ? next : undefined });
}

const NO_TIME = { kind: 'unavailable', message: 'the time ran out' } as const;

/**
 * The place at which the next reading goes on.
 *
 * @param reached - the earliest end of the reading before. It stays if `reloads` has no end.
 */
function placeAfter(
  reloads: readonly ReloadRecord[],
  { by, next, reached }: { by: ListPlace['by']; next: string | undefined; reached: EpochMs | undefined },
): ListPlace {
  const ends = reloads.flatMap(({ endedAt }) => endedAt ?? []);
  return definedFields({ by, next, reached: ends.length === 0 ? reached : (Math.min(...ends) as EpochMs) });
}

/** Whether these pages certainly go back to `since`. Then no further page is needed. */
function isCompleteSince(
  reloads: readonly ReloadRecord[],
  since: EpochMs,
  by: ListPlace['by'],
  { longestReload }: TimeConstants,
): boolean {
  // If the creations are not in order, Qlik surely sorts by end.
  const isSurelyByEnd = by === 'end' && !isDescending(reloads.map(({ createdAt }) => createdAt));
  if (isSurelyByEnd) return reloads.some(({ endedAt }) => endedAt !== undefined && endedAt < since);
  // No reload takes longer than `longestReload`. So whatever was created before this instant ended before `since`.
  return reloads.some(({ createdAt }) => createdAt < since - longestReload);
}

/**
 * Whether the entries are sorted by end, the latest first. No end may be later than `reached`, the earliest end of the
 * pages before. Reloads that still run have no end. They must stand together, before or after all others.
 */
function isEndOrder(reloads: readonly ReloadRecord[], reached?: EpochMs): boolean {
  const ends = reloads.map(({ endedAt }) => endedAt);
  const ended = ends.filter((end) => end !== undefined);
  const changes = ends.filter((end, index) => index > 0 && (end === undefined) !== (ends[index - 1] === undefined));
  return changes.length <= 1 && isDescending(reached === undefined ? ended : [reached, ...ended]);
}

/** Whether no instant is later than the one before it. */
const isDescending = (instants: readonly number[]): boolean =>
  instants.every((instant, index) => index === 0 || instant <= (instants[index - 1] ?? instant));
