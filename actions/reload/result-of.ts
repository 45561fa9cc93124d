/*
 * The action `reload` starts one reload in Qlik for one order (a reload that Cascade owes). This file makes the
 * action's result, which people read in OpenWhisk's list of activations, or at once if they started `reload` by hand.
 */

import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { ERROR_CODES, type ErrorCode } from '../../src/core/cascade-error.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import type { LedgerResult } from './outcome.ts';

/**
 * The result of the action `reload`. `status` is Qlik's word for the reload. `kind` says what can be done about a
 * failure.
 */
export type ReloadResult =
  | LedgerResult
  | { readonly order: OrderId; readonly reloadId: string; readonly status: string }
  | {
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly order: OrderId;
        readonly kind: 'permanent' | 'wait' | 'busy' | 'unknown';
        /** Only of `wait`: after how many milliseconds the tenant may take the request. */
        readonly retryAfterMs?: number;
        /** Only with a ledger: the order's last state. */
        readonly state?: OrderState;
      };
    };

const BUSY = 'A reload of this app is already pending, so Qlik neither queued nor merged this one';

/** The action's result without a ledger: Qlik's answer to the order. */
export function resultOf(order: OrderId, answer: StartAnswer): ReloadResult {
  const { kind } = answer;
  switch (kind) {
    case 'started':
      return { order, reloadId: answer.reloadId, status: answer.status };
    case 'busy':
      return { error: { code: 'QLIK_BUSY', message: `${BUSY} (${answer.message}).`, order, kind } };
    case 'unknown':
      return { error: { code: 'QLIK_UNKNOWN', message: answer.message, order, kind } };
    case 'permanent':
      return { error: { code: answer.code, message: answer.message, order, kind } };
    case 'wait':
      return { error: { code: answer.code, message: answer.message, order, kind, retryAfterMs: answer.retryAfter } };
    default:
      return answer satisfies never;
  }
}

/**
 * The action's result with a ledger. It is an error if the order was given up or called off: nothing will reload the
 * app for it. In any other state the order has a reload, gets one later, or is served by another order's.
 */
export function resultWithLedger(result: LedgerResult): ReloadResult {
  const { order, state, reason } = result;
  if (state !== 'gave-up' && state !== 'called-off') return result;
  const code = ERROR_CODES.find((known) => known === reason?.code) ?? 'QLIK_REFUSED';
  const message = reason?.message ?? `The order is ${state}`;
  return { error: { code, message, order, kind: code === 'QLIK_UNKNOWN' ? 'unknown' : 'permanent', state } };
}
