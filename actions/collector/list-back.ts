import type { EndedQuery, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../src/core/units.ts';
import type { CollectorQlik } from './collector-ports.ts';

/** What a tenant's list told. */
export interface Listed {
  readonly kind: 'listed';
  readonly reloads: readonly ReloadRecord[];
  /** Whether every end since the bound was seen; else the time ran out, or the tenant stopped answering. */
  readonly isWhole: boolean;
  /** Whether the list is in the order of ends: then what was seen is without a gap, down to its last end. */
  readonly isByEnd: boolean;
  /** The tenant's clock when the first page came. */
  readonly tenantNow?: EpochMs;
  /** Why it is not whole. */
  readonly problem?: string;
}

export type ListedBack = Listed | { readonly kind: 'forbidden' | 'unavailable'; readonly message: string };

export interface ListBackOptions {
  readonly query: Pick<EndedQuery, 'appId'>;
  /** Ends before this are not asked for. */
  readonly since: EpochMs;
  readonly times: TimeConstants;
  /** The time that a call may take; undefined where there is none left. */
  readonly callTime: () => DurationMs | undefined;
}

/**
 * Lists reloads back to those that ended at `since`.
 *
 * Newest ends first; but a tenant may ignore that (fact q-unknown-16). Then the pages, which are by creation, are read
 * back to what was created so long before that it surely ended before, too. So they are while both orders fit: only a list
 * whose creations are not in order proves that its ends are meant.
 */
export async function listBack(qlik: CollectorQlik, options: ListBackOptions): Promise<ListedBack> {
  const byEnd = await pages(qlik, options, 'end');
  if (byEnd.kind !== 'listed' || byEnd.isByEnd || byEnd.isWhole) return byEnd;
  return pages(qlik, options, 'creation');
}

async function pages(qlik: CollectorQlik, options: ListBackOptions, newestBy: 'end' | 'creation'): Promise<ListedBack> {
  const reloads: ReloadRecord[] = [];
  let first: { readonly tenantNow?: EpochMs } | undefined;
  let next: string | undefined;
  const listed = (isWhole: boolean, problem?: string): Listed => ({
    kind: 'listed',
    reloads,
    isWhole,
    isByEnd: newestBy === 'end' && isEndOrder(reloads),
    ...(first?.tenantNow !== undefined && { tenantNow: first.tenantNow }),
    ...(problem !== undefined && { problem }),
  });
  do {
    const timeout = options.callTime();
    if (timeout === undefined) {
      return first === undefined ? { kind: 'unavailable', message: 'no time left' } : listed(false, 'the time ran out');
    }
    const answer = await qlik.listEnded({ ...options.query, newestBy, ...(next !== undefined && { next }) }, timeout);
    if (answer.kind !== 'listed') return first === undefined ? answer : listed(false, answer.message);
    first ??= answer;
    reloads.push(...answer.reloads);
    next = answer.next;
    if (newestBy === 'end' && next !== undefined && !isEndOrder(reloads)) return listed(false);
  } while (next !== undefined && !reachesBack(reloads, options, newestBy));
  return listed(true);
}

function reachesBack(
  reloads: readonly ReloadRecord[],
  { since, times }: ListBackOptions,
  newestBy: 'end' | 'creation',
): boolean {
  const isProvenByEnd = newestBy === 'end' && !isCreationOrder(reloads);
  if (isProvenByEnd) return reloads.some(({ endedAt }) => endedAt !== undefined && endedAt < since);
  return reloads.some(({ createdAt }) => createdAt < since - times.longestReload);
}

/** Whether later entries never ended later; those that have not ended stand together, at either end of the list. */
function isEndOrder(reloads: readonly ReloadRecord[]): boolean {
  const ends = reloads.map(({ endedAt }) => endedAt);
  const ended = ends.filter((end) => end !== undefined);
  const changes = ends.filter((end, index) => index > 0 && (end === undefined) !== (ends[index - 1] === undefined));
  return changes.length <= 1 && isDescending(ended);
}

const isCreationOrder = (reloads: readonly ReloadRecord[]): boolean =>
  isDescending(reloads.map(({ createdAt }) => createdAt));

const isDescending = (instants: readonly number[]): boolean =>
  instants.every((instant, index) => index === 0 || instant <= (instants[index - 1] ?? instant));
