import type { CompiledChains } from '../../src/core/link.ts';
import type { AppId, TenantName } from '../../src/core/names.ts';
import type { ActivationRecord } from '../host/activations.ts';
import { nameIn } from './reload-watch.ts';

/**
 * What becomes of an order that came to no reload: `failed` is an end without a ledger, `gave-up` one with it; `waits` is
 * taken up again by itself, and another waiting order's reload does for one that is `merged`.
 */
export type NotStartedKind = 'failed' | 'gave-up' | 'waits' | 'merged';

/** An order that came to no reload, or to none yet. */
export interface NotStarted {
  readonly at: number;
  /** `chain/name`. */
  readonly app: string;
  readonly kind: NotStartedKind;
  readonly code: string;
  readonly message: string;
  /** When Cascade looks again; only of `waits`. */
  readonly dueAt?: number;
}

type Told = Pick<NotStarted, 'kind' | 'code' | 'message' | 'dueAt'>;

const ORDER = /^order:([^:]+):([^:]+):/;

/** What an activation of `reload` says about a reload that it did not start; undefined for every other activation. */
export function notStartedOf(
  { name, end, response }: ActivationRecord,
  chains: CompiledChains,
): NotStarted | undefined {
  if (name !== 'reload' || end === undefined) return undefined;
  const { error, ...result } = Object(response.result) as Readonly<Record<string, unknown>>;
  const told = error === undefined ? byLedger(result) : plainly(Object(error));
  const [, tenant, appId] = ORDER.exec(String(error === undefined ? result['order'] : Object(error).order)) ?? [];
  if (told === undefined || tenant === undefined || appId === undefined) return undefined;
  const app = nameIn(undefined, { tenant: tenant as TenantName, appId: appId as AppId }, chains);
  return { at: end, app, ...told };
}

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly state?: unknown;
}

const plainly = ({ code, message, state }: Failure): Told => ({
  kind: state === 'gave-up' ? 'gave-up' : 'failed',
  code: String(code),
  message: String(message),
});

/** With a ledger: how an order stands that is not over. */
function byLedger({ did, reason, dueAt }: Readonly<Record<string, unknown>>): Told | undefined {
  const { code, message } = Object(reason) as { code?: unknown; message?: unknown };
  const why = { code: String(code ?? did), message: String(message ?? did) };
  const waits = { kind: 'waits', ...(typeof dueAt === 'number' && { dueAt }) } as const;
  switch (did) {
    case 'parked':
      return { ...waits, ...why, message: 'the app is busy' };
    case 'unknown':
      return { ...waits, ...why, code: 'QLIK_UNKNOWN', message: 'Qlik gave no clear answer' };
    case 'waiting':
      return { ...waits, ...why };
    case 'merged':
      return { kind: did, ...why };
    default:
      return undefined;
  }
}
