import type { EndedAnswer, ListAnswer, ReloadRecord } from '../../src/clients/qlik/qlik-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order.ts';
import { type Attempt, callTimeout } from './attempt.ts';

/** What an app's list shows of the time since a doubt began. */
export interface DoubtList {
  readonly kind: 'listed';
  readonly reloads: readonly ReloadRecord[];
  /** When the doubt began, by Qlik's clock; absent if the tenant does not tell its clock. */
  readonly since?: EpochMs;
}

export const NO_TIME: Extract<ListAnswer, { kind: 'unavailable' }> = {
  kind: 'unavailable',
  message: 'the run had no time left to list the app’s reloads',
};

/**
 * Lists an app's reloads, the newest first, until `isEnough` says that no older page can matter.
 *
 * @returns `unavailable` also if the list broke off before: what it does not show is then not known to be absent.
 */
export async function listDoubt(
  { appId }: OrderDocument,
  doubt: Doubt,
  isEnough: (page: DoubtList) => boolean,
  attempt: Attempt,
): Promise<DoubtList | Extract<ListAnswer, { kind: 'unavailable' }>> {
  const reloads: ReloadRecord[] = [];
  let since: EpochMs | undefined;
  let next: string | undefined;
  do {
    const timeout = callTimeout(attempt);
    if (timeout === undefined) return NO_TIME;
    const query = { appId, newestBy: 'creation', ...(next !== undefined && { next }) } as const;
    const page: EndedAnswer = await attempt.qlik.listEnded(query, timeout);
    if (page.kind !== 'listed') return { kind: 'unavailable', message: page.message };
    since ??= sinceByQlik(doubt, page.tenantNow, attempt);
    reloads.push(...page.reloads);
    next = page.next;
    if (isEnough({ kind: 'listed', reloads: page.reloads, ...(since !== undefined && { since }) })) break;
  } while (next !== undefined);
  return { kind: 'listed', reloads, ...(since !== undefined && { since }) };
}

/** Both clocks are read at once. */
const sinceByQlik = ({ since }: Doubt, tenantNow: EpochMs | undefined, { clock }: Attempt): EpochMs | undefined =>
  tenantNow === undefined ? undefined : ((since + (tenantNow - clock())) as EpochMs);
