import { manualReload } from '../../src/contracts/generated/manual-reload.cjs';
import type { ManualReload } from '../../src/contracts/manual-reload.ts';
import { violationOf } from '../../src/contracts/validator.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { canonicalAppId, isUuid } from '../../src/core/chains/app-index.ts';
import { findApp } from '../../src/core/chains/find-app.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type AppRef, type ChainName, DEFAULT_TENANT, type TenantName } from '../../src/core/names.ts';
import { orderId, type ReloadOrder } from '../../src/core/order.ts';
import type { Params } from '../../src/platform/define-action.ts';

const TAKEN = 'app, tenant, partial, variables, weight';
/** An order's chain where no chain called for it. */
const BY_HAND = 'by-hand' as ChainName;

/**
 * The order that a person gives with `wsk action invoke cascade/reload -p app …`.
 *
 * @param params - what was passed, without the action's own settings.
 * @param activationId - becomes the order's cause: each invocation is an order of its own.
 * @throws CascadeError PARAMETERS_INVALID, also for an app that no chain file names and that is no app id.
 */
export function orderByHand(params: Params, apps: CompiledChains['apps'], activationId: string): ReloadOrder {
  if (!manualReload(params)) {
    throw new CascadeError('PARAMETERS_INVALID', `The reload ${violationOf(manualReload)}. Parameters are: ${TAKEN}.`);
  }
  const { app, tenant, ...body } = params;
  const target = targetOf(app, tenant, apps);
  return { order: orderId(target, 's', `m.${activationId}`), ...target, body, chain: BY_HAND };
}

function targetOf(app: ManualReload['app'], tenant: string | undefined, apps: CompiledChains['apps']): AppRef {
  const appId = canonicalAppId(app);
  const isNamed = Object.values(apps).some((known) => known.appId === appId);
  if (isUuid(app) && (tenant !== undefined || !isNamed)) {
    return { tenant: (tenant ?? DEFAULT_TENANT) as TenantName, appId };
  }
  const found = findApp({ links: {}, apps }, app);
  if (tenant === undefined || tenant === found.tenant) return { tenant: found.tenant, appId: found.appId };
  throw new CascadeError('PARAMETERS_INVALID', `The app "${app}" is in tenant "${found.tenant}", not in "${tenant}".`);
}
