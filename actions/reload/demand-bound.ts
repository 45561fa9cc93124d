import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { isBoundTo, movedText, tellMoved } from '../../src/ledger/bound-tenant.ts';
import type { ReloadOrderPorts } from './run-ports.ts';

/**
 * Makes sure that a tenant's name means the same to our settings and to the ledger: else we would take up another
 * deployment's orders, and start them in the wrong tenant.
 *
 * @param bound - its address by the ledger; undefined where no deployment has written it yet.
 * @throws CascadeError SETTINGS_INVALID where they disagree, with an alert. Nothing was changed.
 */
export async function demandBound(
  tenant: TenantName,
  bound: string | undefined,
  when: { readonly traceId: string; readonly at: EpochMs },
  { addressOf, store, log }: Pick<ReloadOrderPorts, 'addressOf' | 'store' | 'log'>,
): Promise<void> {
  const own = addressOf(tenant);
  if (own === undefined) return;
  if (bound === undefined) log.warn('The ledger does not say where this tenant is: deploy again', { tenant });
  if (bound === undefined || isBoundTo({ url: bound }, own)) return;
  const moved = { tenant, bound, own };
  await tellMoved(moved, store, when, log);
  throw new CascadeError('SETTINGS_INVALID', movedText(moved));
}
