import type { EndedQuery, ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import type { TimeConstants } from '../../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import type { CheckpointGap } from '../../../src/ledger/documents/checkpoint.ts';
import type { CollectorQlik } from '../collector-ports.ts';

/** Where to go on with a list that was not read to its end. Without `next` it begins at its newest entry. */
export type ListPlace = Omit<CheckpointGap, 'head'>;

/** The reloads that a tenant's list showed. */
export interface Listed {
  readonly kind: 'listed';
  readonly reloads: readonly ReloadRecord[];
  /** Absent if every end since the bound was seen; else the time ran out, or the tenant stopped answering. */
  readonly left?: ListPlace;
  /** Whether it began at the newest entry; else it went on from where another ended. */
  readonly isFromHead: boolean;
  /** Qlik's cursor of the pages behind, whose reloads ended before. Absent at the list's end, and if the list is not by end. */
  readonly older?: string;
  /** The tenant's clock when the first page came. */
  readonly tenantNow?: EpochMs;
  /** Why it is not whole. */
  readonly problem?: string;
}

export type ListedBack = Listed | { readonly kind: 'forbidden' | 'unavailable'; readonly message: string };

export interface ListBackOptions {
  readonly query: Pick<EndedQuery, 'appId'>;
  /** Where an earlier list ended. */
  readonly place?: ListPlace | undefined;
  /** Ends before this are not asked for. */
  readonly since: EpochMs;
  readonly times: TimeConstants;
  /** The time that a call may take; undefined if there is none left. */
  readonly callTime: () => DurationMs | undefined;
}

/**
 * Lists reloads from the newest end back to `since`, page by page, or as far as the time allows.
 *
 * If the time runs out, `left` says where the next call goes on: at Qlik's cursor. If Qlik does not take that cursor any
 * more, the list begins anew.
 *
 * Qlik is asked for the newest ends first. A tenant may ignore that and list by creation (fact q-unknown-16). The entries
 * show it: their ends are then not in order. Such a list is read on until an entry was created so long before `since` that
 * it surely ended before, too. As long as ends and creations are both in order nobody can tell which one is meant, so the
 * list is read as far back as by creation.
 *
 * @returns `forbidden` if this credential may not see the list, `unavailable` if not even one page came.
 */
export async function listBack(qlik: CollectorQlik, options: ListBackOptions): Promise<ListedBack> {
  const { place = { by: 'end' } } = options;
  const told = await pages(qlik, options, place);
  if (told.kind === 'forbidden' && place.next !== undefined) return listBack(qlik, { ...options, place: undefined });
  if (told.kind !== 'listed' || told.left?.by !== 'creation' || place.by === 'creation') return told;
  const byCreation = await pages(qlik, options, told.left);
  return byCreation.kind === 'listed' ? byCreation : told;
}

async function pages(qlik: CollectorQlik, options: ListBackOptions, place: ListPlace): Promise<ListedBack> {
  const { by, reached } = place;
  const reloads: ReloadRecord[] = [];
  let first: { readonly tenantNow?: EpochMs } | undefined;
  let { next } = place;
  const listed = (left?: ListPlace, problem?: string): Listed => ({
    kind: 'listed',
    reloads,
    isFromHead: place.next === undefined,
    ...(left !== undefined && { left }),
    ...(first?.tenantNow !== undefined && { tenantNow: first.tenantNow }),
    ...(problem !== undefined && { problem }),
  });
  do {
    const timeout = options.callTime();
    const answer = timeout === undefined ? NO_TIME : await ask(qlik, options, { by, next }, timeout);
    if (answer.kind !== 'listed')
      return first === undefined ? answer : listed(placeAt(by, next, reloads, reached), answer.message);
    first ??= answer;
    reloads.push(...answer.reloads);
    ({ next } = answer);
    if (by === 'end' && next !== undefined && !isEndOrder(reloads, reached))
      return listed({ by: 'creation' }, NOT_BY_END);
  } while (next !== undefined && !reachesBack(reloads, options, by));
  return { ...listed(), ...(by === 'end' && next !== undefined && { older: next }) };
}

const NO_TIME = { kind: 'unavailable', message: 'the time ran out' } as const;
const NOT_BY_END = 'the tenant does not list by ends';

const ask = (
  qlik: CollectorQlik,
  { query }: ListBackOptions,
  { by, next }: { readonly by: ListPlace['by']; readonly next: string | undefined },
  timeout: DurationMs,
) => qlik.listEnded({ ...query, newestBy: by, ...(next !== undefined && { next }) }, timeout);

function placeAt(
  by: ListPlace['by'],
  next: string | undefined,
  reloads: readonly ReloadRecord[],
  before: EpochMs | undefined,
): ListPlace {
  const ends = reloads.flatMap(({ endedAt }) => endedAt ?? []);
  const reached = ends.length === 0 ? before : (Math.min(...ends) as EpochMs);
  return { by, ...(next !== undefined && { next }), ...(reached !== undefined && { reached }) };
}

function reachesBack(
  reloads: readonly ReloadRecord[],
  { since, times }: ListBackOptions,
  by: ListPlace['by'],
): boolean {
  const isProvenByEnd = by === 'end' && !isCreationOrder(reloads);
  if (isProvenByEnd) return reloads.some(({ endedAt }) => endedAt !== undefined && endedAt < since);
  return reloads.some(({ createdAt }) => createdAt < since - times.longestReload);
}

/**
 * Whether later entries never ended later, nor after what was `reached` before; those that have not ended stand together,
 * at either end of the list.
 */
function isEndOrder(reloads: readonly ReloadRecord[], reached?: EpochMs): boolean {
  const ends = reloads.map(({ endedAt }) => endedAt);
  const ended = ends.filter((end) => end !== undefined);
  const changes = ends.filter((end, index) => index > 0 && (end === undefined) !== (ends[index - 1] === undefined));
  return changes.length <= 1 && isDescending(reached === undefined ? ended : [reached, ...ended]);
}

const isCreationOrder = (reloads: readonly ReloadRecord[]): boolean =>
  isDescending(reloads.map(({ createdAt }) => createdAt));

const isDescending = (instants: readonly number[]): boolean =>
  instants.every((instant, index) => index === 0 || instant <= (instants[index - 1] ?? instant));
