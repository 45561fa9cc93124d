import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import { definedFields } from '../../../src/core/defined-fields.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointGap } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, type ListPorts } from '../collector-ports.ts';

/** Where to go on reading a tenant's list. Without `next` the reading begins at the newest entry. */
export type ListPlace = Omit<CheckpointGap, 'head'>;

/** The reloads that this reading of the list found. */
export interface Listed {
  readonly kind: 'listed';
  readonly reloads: readonly ReloadRecord[];
  /** Where a later reading goes on. Absent if this reading found every end from `since` on. */
  readonly left?: ListPlace | undefined;
  /** True if this reading began at the newest entry; false if it went on where an earlier one stopped. */
  readonly isFromHead: boolean;
  /** Qlik's cursor of the next page, which has earlier ends. Only set if nothing is left and the list was asked for by end. */
  readonly older?: string | undefined;
  /** The tenant's clock when the first page came. */
  readonly tenantNow?: EpochMs | undefined;
  /** Why there is a `left`: the time ran out, the tenant stopped answering, or it does not sort by ends. */
  readonly problem?: string | undefined;
}

export type ListedBack = Listed | { readonly kind: 'forbidden' | 'unavailable'; readonly message: string };

/** Which ends to read. */
export interface EndsRequest {
  /** Absent: all apps of the tenant. */
  readonly appId?: AppId;
  /** Where an earlier reading stopped; absent to begin at the newest entry. */
  readonly place?: ListPlace | undefined;
  /** Earlier ends are not needed, by Qlik's clock. */
  readonly since: EpochMs;
}

/**
 * Reads the tenant's list of reloads from the newest end back to `since`, page by page, as far as the time allows. If Qlik
 * no longer takes the cursor of an earlier reading, this begins at the newest entry.
 *
 * We ask Qlik to sort by end. A tenant may ignore that and sort by creation (fact q-unknown-16). Then the reading goes on to
 * an entry that was created so long before `since` that it certainly ended before `since`. If the entries are in both orders,
 * we cannot see by which of them Qlik sorts, so the reading goes as far back.
 *
 * @returns `forbidden` if this credential may not see the list; `unavailable` if there is not even one page.
 */
export async function listBack(tenant: TenantName, request: EndsRequest, ports: ListPorts): Promise<ListedBack> {
  const { place = { by: 'end' } } = request;
  const list = await readPages(tenant, request, place, ports);
  // The whole list may be forbidden, or only this cursor.
  if (list.kind === 'forbidden' && place.next !== undefined)
    return listBack(tenant, { ...request, place: undefined }, ports);
  if (list.kind !== 'listed' || list.left?.by !== 'creation' || place.by === 'creation') return list;
  const byCreation = await readPages(tenant, request, list.left, ports);
  return byCreation.kind === 'listed' ? byCreation : list;
}

/** Reads pages from `place` on. If Qlik does not sort by end as asked, it stops, and `left` is the list by creation. */
async function readPages(
  tenant: TenantName,
  { appId, since }: EndsRequest,
  place: ListPlace,
  ports: ListPorts,
): Promise<ListedBack> {
  const { by, reached } = place;
  const reloads: ReloadRecord[] = [];
  const list: Listed = { kind: 'listed', reloads, isFromHead: place.next === undefined };
  let { next } = place;
  let first: Pick<Listed, 'tenantNow'> | undefined;
  do {
    const timeout = callTime(ports, ports.until);
    const query = definedFields({ appId, newestBy: by, next });
    const page = timeout === undefined ? NO_TIME : await ports.qlikOf(tenant).listEnded(query, timeout);
    if (page.kind !== 'listed') {
      if (first === undefined) return page;
      return { ...list, ...first, left: placeAfter(reloads, { by, next, reached }), problem: page.message };
    }
    first ??= { tenantNow: page.tenantNow };
    reloads.push(...page.reloads);
    ({ next } = page);
    if (by === 'end' && next !== undefined && !isEndOrder(reloads, reached))
      return { ...list, ...first, left: { by: 'creation' }, problem: 'the tenant does not list by ends' };
  } while (next !== undefined && !isCompleteSince(reloads, since, by, ports.times));
  return { ...list, ...first, older: by === 'end' ? next : undefined };
}

const NO_TIME = { kind: 'unavailable', message: 'the time ran out' } as const;

/** The place to go on after `reloads`. Its `reached` is the earliest end up to here. */
function placeAfter(
  reloads: readonly ReloadRecord[],
  { by, next, reached }: { by: ListPlace['by']; next: string | undefined; reached: EpochMs | undefined },
): ListPlace {
  const ends = reloads.flatMap(({ endedAt }) => endedAt ?? []);
  return definedFields({ by, next, reached: ends.length === 0 ? reached : (Math.min(...ends) as EpochMs) });
}

/** Whether the pages certainly have every end from `since` on. */
function isCompleteSince(
  reloads: readonly ReloadRecord[],
  since: EpochMs,
  by: ListPlace['by'],
  { longestReload }: TimeConstants,
): boolean {
  // Entries that are not in the order of creation prove that Qlik sorts by end, as we asked.
  const isSurelyByEnd = by === 'end' && !isDescending(reloads.map(({ createdAt }) => createdAt));
  if (isSurelyByEnd) return reloads.some(({ endedAt }) => endedAt !== undefined && endedAt < since);
  return reloads.some(({ createdAt }) => createdAt < since - longestReload);
}

/**
 * Whether each entry ended no later than the one before it, and the first no later than `reached`. Reloads that have not
 * ended must stand together, at the beginning or at the end.
 */
function isEndOrder(reloads: readonly ReloadRecord[], reached?: EpochMs): boolean {
  const ends = reloads.map(({ endedAt }) => endedAt);
  const ended = ends.filter((end) => end !== undefined);
  const changes = ends.filter((end, index) => index > 0 && (end === undefined) !== (ends[index - 1] === undefined));
  return changes.length <= 1 && isDescending(reached === undefined ? ended : [reached, ...ended]);
}

const isDescending = (instants: readonly number[]): boolean =>
  instants.every((instant, index) => index === 0 || instant <= (instants[index - 1] ?? instant));
