import type { CompiledChains } from '../../src/core/link.ts';
import type { AppId, TenantName } from '../../src/core/names.ts';
import type { ActivationRecord } from '../host/activations.ts';
import { nameIn } from './chain-names.ts';

/** An order that came to no reload. */
export interface NotStarted {
  readonly at: number;
  /** `chain/name`. */
  readonly app: string;
  readonly code: string;
  readonly message: string;
}

const ORDER = /^order:([^:]+):([^:]+):/;

/** What an activation of `reload` says about a reload that it could not start; undefined for every other activation. */
export function notStartedOf(
  { name, end, response }: ActivationRecord,
  chains: CompiledChains,
): NotStarted | undefined {
  const { error } = Object(response.result) as { error?: { order?: unknown; code?: unknown; message?: unknown } };
  const [, tenant, appId] = ORDER.exec(String(error?.order)) ?? [];
  if (name !== 'reload' || end === undefined || tenant === undefined || appId === undefined) return undefined;
  const app = nameIn(undefined, { tenant: tenant as TenantName, appId: appId as AppId }, chains);
  return { at: end, app, code: String(error?.code), message: String(error?.message) };
}
