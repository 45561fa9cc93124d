import type { StartAnswer } from '../../src/clients/qlik/qlik-port.ts';
import type { ErrorCode } from '../../src/core/cascade-error.ts';
import type { OrderId } from '../../src/core/names.ts';
import type { LedgerResult } from './ledger-result.ts';

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
