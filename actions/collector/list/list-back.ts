import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import { definedFields } from '../../../src/core/defined-fields.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { CheckpointGap } from '../../../src/ledger/documents/checkpoint.ts';
import { callTime, type ListPorts } from '../collector-ports.ts';

/** Where an unfinished list goes on. Without `next` it begins at its newest entry. */
export type ListPlace = Omit<CheckpointGap, 'head'>;

/** The reloads that a list showed. */
export interface Listed {
  readonly kind: 'listed';
  readonly reloads: readonly ReloadRecord[];
  /** Where the list goes on: the time ran out, or the tenant stopped answering. Absent if every end since the bound was seen. */
  readonly left?: ListPlace | undefined;
  /** Whether the list began at its newest entry; else it went on from where an earlier one stopped. */
  readonly isFromHead: boolean;
  /** Qlik's cursor of the next page, with earlier ends. Absent at the list's end, and if the list is not in the order of ends. */
  readonly older?: string | undefined;
  /** The tenant's clock when the first page came. */
  readonly tenantNow?: EpochMs | undefined;
  /** Why the list is not complete. */
  readonly problem?: string | undefined;
}

export type ListedBack = Listed | { readonly kind: 'forbidden' | 'unavailable'; readonly message: string };

/** What to list. */
export interface EndsRequest {
  /** Absent: the whole tenant. */
  readonly appId?: AppId;
  /** Where an earlier list stopped. */
  readonly place?: ListPlace | undefined;
  /** Earlier ends are not needed. */
  readonly since: EpochMs;
}

/**
 * Lists reloads from the newest end back to `since`, page by page, as far as the time allows. If Qlik no longer takes the
 * cursor of an earlier list, the list begins anew.
 *
 * We ask for the newest ends first. A tenant may ignore that and list by creation (fact q-unknown-16). Then the ends are
 * not in order, and the list has to go on until an entry was created so long before `since` that it certainly ended before.
 * While both ends and creations are in order, nobody can know which order it is, so the list goes as far back.
 *
 * @returns `forbidden` if this credential may not see the list, `unavailable` if there is not even one page.
 */
export async function listBack(tenant: TenantName, request: EndsRequest, ports: ListPorts): Promise<ListedBack> {
  const { place = { by: 'end' } } = request;
  const list = await readPages(tenant, request, place, ports);
  if (list.kind === 'forbidden' && place.next !== undefined)
    return listBack(tenant, { ...request, place: undefined }, ports);
  if (list.kind !== 'listed' || list.left?.by !== 'creation' || place.by === 'creation') return list;
  const byCreation = await readPages(tenant, request, list.left, ports);
  return byCreation.kind === 'listed' ? byCreation : list;
}

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
      return { ...list, ...first, left: placeAt(by, next, reloads, reached), problem: page.message };
    }
    first ??= { tenantNow: page.tenantNow };
    reloads.push(...page.reloads);
    ({ next } = page);
    if (by === 'end' && next !== undefined && !isEndOrder(reloads, reached))
      return { ...list, ...first, left: { by: 'creation' }, problem: 'the tenant does not list by ends' };
  } while (next !== undefined && !reachesBack(reloads, since, by, ports.times));
  return { ...list, ...first, older: by === 'end' ? next : undefined };
}

const NO_TIME = { kind: 'unavailable', message: 'the time ran out' } as const;

function placeAt(
  by: ListPlace['by'],
  next: string | undefined,
  reloads: readonly ReloadRecord[],
  before: EpochMs | undefined,
): ListPlace {
  const ends = reloads.flatMap(({ endedAt }) => endedAt ?? []);
  return definedFields({ by, next, reached: ends.length === 0 ? before : (Math.min(...ends) as EpochMs) });
}

/** Whether the list surely goes back to `since`. */
function reachesBack(
  reloads: readonly ReloadRecord[],
  since: EpochMs,
  by: ListPlace['by'],
  { longestReload }: TimeConstants,
): boolean {
  const isProvenByEnd = by === 'end' && !isDescending(reloads.map(({ createdAt }) => createdAt));
  if (isProvenByEnd) return reloads.some(({ endedAt }) => endedAt !== undefined && endedAt < since);
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
