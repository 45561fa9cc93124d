/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud. It also shows why a reload
 * that should follow was not started. This file reads that from the results of the action `reload`, which asks Qlik for
 * one reload.
 */

import type { CompiledChains } from '../../src/core/link.ts';
import type { AppId, TenantName } from '../../src/core/names.ts';
import type { ActivationRecord } from '../host/activations.ts';
import { nameIn } from './reload-watch.ts';

/**
 * Why an order (a reload that Cascade owes) has led to no reload:
 *
 * - `failed`: Qlik did not start it, and without a ledger (Cascade's memory) nobody tries again; or a person called the
 *   order off.
 * - `gave-up`: Cascade has a ledger, and has given the order up. Nobody tries again.
 * - `waits`: Cascade tries again by itself, or looks whether Qlik started it.
 * - `merged`: another order's reload counts for this order, too.
 */
export type NotStartedKind = 'failed' | 'gave-up' | 'waits' | 'merged';

/** An order of which no reload is known so far. */
export interface NotStarted {
  readonly at: number;
  /** `chain/name`. */
  readonly app: string;
  readonly kind: NotStartedKind;
  readonly code: string;
  readonly message: string;
  /** When Cascade tries again or looks. Only for the kind `waits`. */
  readonly dueAt?: number;
}

type Why = Pick<NotStarted, 'kind' | 'code' | 'message' | 'dueAt'>;

/** `order:<tenant>:<app id>:…`, the beginning of an order's id. */
const ORDER = /^order:([^:]+):([^:]+):/;

/**
 * Reads why an activation of the action `reload` started no reload. Undefined if there is nothing to show, for example
 * because it started one, or because another activation works on the order.
 */
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

/** The reason, by what the activation did with its order (`did`). Undefined if there is nothing to show. */
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
