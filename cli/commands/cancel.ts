import { CascadeError } from '../../src/core/cascade-error.ts';
import { cancelAll } from '../ledger/cancel-all.ts';
import { cancelOrder } from '../ledger/cancel-order.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import type { CliCommand } from '../terminal.ts';

interface CancelOptions extends LedgerOptions {
  readonly all?: boolean;
}

/**
 * `cascade cancel <order> | --all`: calls off orders (reloads that Cascade owes), so that Cascade does not start them.
 * A person uses it to stop one reload, or with `--all` to stop everything that has not begun. Only an order that waits
 * can be called off (`mayCancel`).
 */
export const cancelCommand: CliCommand = {
  name: 'cancel',
  description: 'call off orders that are not in Qlik yet',
  argument: ['[order]', 'the id of an order, as cascade runs and cascade why print it'],
  options: [{ flags: '--all', description: 'every order that may be called off' }, ...LEDGER_OPTIONS],
  examples: `  $ cascade cancel order:default:5a1e5000-0000-4000-8000-000000000003:s:6749c1f2a0b3d4e5f6a7b8c9
  $ cascade cancel --all               every order that is not in Qlik yet, without asking; prints what it did`,
  async run(order: string | undefined, options: CancelOptions, terminal) {
    if ((order === undefined) !== (options.all === true)) {
      throw new CascadeError('PARAMETERS_INVALID', 'Give the id of one order, or --all.');
    }
    return await onLedger(options, terminal, 'changes', (context) =>
      order === undefined ? cancelAll(context) : cancelOrder(context, order),
    );
  },
};
