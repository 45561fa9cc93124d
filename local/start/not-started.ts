import type { CompiledChains } from '../../src/core/link.ts';
import type { AppId, TenantName } from '../../src/core/names.ts';
import type { ActivationRecord } from '../host/activations.ts';
import { nameIn } from './reload-watch.ts';

/**
 * What became of an order that led to no reload. `failed`: nobody tries again (without a ledger). `gave-up`: the same, with a
 * ledger. `waits`: Cascade tries again by itself. `merged`: the reload of another waiting order counts for it.
 */
export type NotStartedKind = 'failed' | 'gave-up' | 'waits' | 'merged';

/** An order that led to no reload, or to none yet. */
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

type Why = Pick<NotStarted, 'kind' | 'code' | 'message' | 'dueAt'>;

const ORDER = /^order:([^:]+):([^:]+):/;

/** Reads from an activation of `reload` why it started no reload; undefined if it did, and for any other activation. */
export function notStartedOf(
  { name, end, response }: ActivationRecord,
  chains: CompiledChains,
): NotStarted | undefined {
  if (name !== 'reload' || end === undefined) return undefined;
  const { error, ...result } = Object(response.result) as Fields;
  const failure = error === undefined ? undefined : (Object(error) as Fields);
  const why = failure === undefined ? whyInLedger(result) : whyFailed(failure);
  const [, tenant, appId] = ORDER.exec(String((failure ?? result)['order'])) ?? [];
  if (why === undefined || tenant === undefined || appId === undefined) return undefined;
  const app = nameIn(undefined, { tenant: tenant as TenantName, appId: appId as AppId }, chains);
  return { at: end, app, ...why };
}

type Fields = Readonly<Record<string, unknown>>;

const whyFailed = ({ code, message, state }: Fields): Why => ({
  kind: state === 'gave-up' ? 'gave-up' : 'failed',
  code: String(code),
  message: String(message),
});

/** With a ledger: the state of an order that is not over. */
function whyInLedger({ did, reason, dueAt }: Fields): Why | undefined {
  const { code, message } = Object(reason) as Fields;
  const why = { code: String(code ?? did), message: String(message ?? did) };
  const waits = { kind: 'waits', ...why, ...(typeof dueAt === 'number' && { dueAt }) } as const;
  switch (did) {
    case 'parked':
      return { ...waits, message: 'the app is busy' };
    case 'unknown':
      return { ...waits, code: 'QLIK_UNKNOWN', message: 'Qlik gave no clear answer' };
    case 'waiting':
      return waits;
    case 'merged':
      return { kind: did, ...why };
    default:
      return undefined;
  }
}
