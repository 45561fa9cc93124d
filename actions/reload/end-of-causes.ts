import type { ReloadId } from '../../src/core/names.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { callTimeout, type Run } from './run-of.ts';

/**
 * When the last of the order's causes ended, by the clock that also tells when reloads were created: it needs no
 * conversion, so it is sharper than the doubt's beginning. Else two orders whose causes ended within seconds could share
 * a reload that began between them. A webhook's own time is no such clock: it may be later than the end.
 *
 * @returns undefined where Qlik does not answer; no bound for causes that this tenant does not know, or does not show.
 */
export async function endOfCauses({ causes, createdAt }: OrderDocument, run: Run): Promise<number | undefined> {
  let latest = Number.NEGATIVE_INFINITY;
  for (const cause of causes.filter(isReloadHere)) {
    const timeout = callTimeout(run);
    const found = timeout === undefined ? undefined : await run.qlik.getReload(cause as ReloadId, timeout);
    if (found === undefined || found.kind === 'unavailable') return undefined;
    // Qlik may show the cause late, too.
    if (found.kind === 'absent' && run.clock() < createdAt + run.times.grace) return undefined;
    if (found.kind === 'found') latest = Math.max(latest, found.reload.endedAt ?? latest);
  }
  return latest;
}

/** By hand, replayed, of another tenant, of the webhook's oldest form: what is before the dot says which. Qlik's have none. */
const isReloadHere = (cause: string): boolean => !cause.includes('.');
