import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import { ERROR_CODES, type ErrorCode } from '../../src/core/cascade-error.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { OrderState } from '../../src/core/order-state.ts';
import type { LedgerResult } from './outcome.ts';

/** What `reload` answers. `status` is Qlik's word; `kind` says what can be done about a failure. */
export type ReloadResult =
  | LedgerResult
  | { readonly order: OrderId; readonly reloadId: string; readonly status: string }
  | {
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly order: OrderId;
        readonly kind: 'permanent' | 'wait' | 'busy' | 'unknown';
        /** Only of `wait`: when the tenant takes the request again. */
        readonly retryAfterMs?: number;
        /** With a ledger: it is over for this order. */
        readonly state?: OrderState;
      };
    };

const busyText = 'A reload of this app is already pending, so Qlik neither queued nor merged this one';

/** A tenant's answer as the action's result. */
export function resultOf(order: OrderId, answer: StartAnswer): ReloadResult {
  switch (answer.kind) {
    case 'started':
      return { order, reloadId: answer.reloadId, status: answer.status };
    case 'permanent':
      return { error: { code: answer.code, message: answer.message, order, kind: 'permanent' } };
    case 'wait': {
      const { code, message, retryAfter: retryAfterMs } = answer;
      return { error: { code, message, order, kind: 'wait', retryAfterMs } };
    }
    case 'busy':
      return { error: { code: 'QLIK_BUSY', message: `${busyText} (${answer.message}).`, order, kind: 'busy' } };
    case 'unknown':
      return { error: { code: 'QLIK_UNKNOWN', message: answer.message, order, kind: 'unknown' } };
    default:
      return answer satisfies never;
  }
}

/**
 * The result if there is a ledger: that of an order that is over without a reload is an error, as it is without one.
 * What is not over goes on by itself, and is none.
 */
export function resultWithLedger(result: LedgerResult): ReloadResult {
  const { order, state, reason } = result;
  if (state !== 'gave-up' && state !== 'called-off') return result;
  const code = ERROR_CODES.find((known) => known === reason?.code) ?? 'QLIK_REFUSED';
  const message = reason?.message ?? `The order is ${state}`;
  return { error: { code, message, order, kind: code === 'QLIK_UNKNOWN' ? 'unknown' : 'permanent', state } };
}
