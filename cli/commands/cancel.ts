import { CascadeError } from '../../src/core/cascade-error.ts';
import { cancelAll } from '../ledger/cancel-all.ts';
import { cancelOrder } from '../ledger/cancel-order.ts';
import { type LedgerOptions, onLedger, withLedgerOptions } from '../ledger/ledger-command.ts';
import type { AddCommand, Report, Terminal } from '../terminal.ts';

interface CancelOptions extends LedgerOptions {
  readonly all?: boolean;
}

const EXAMPLES = `
Examples:
  $ cascade cancel order:default:5a1e5000-0000-4000-8000-000000000003:s:6749c1f2a0b3d4e5f6a7b8c9
  $ cascade cancel --all               every order that is not in Qlik yet, without asking; prints what it did`;

/** `cascade cancel <order> | --all`: calls off orders that are not in Qlik yet. */
export const addCancel: AddCommand = (program, terminal, end) => {
  const command = program
    .command('cancel')
    .description('call off orders that are not in Qlik yet')
    .argument('[order]', 'the id of an order, as cascade runs and cascade why print it')
    .option('--all', 'every order that may be called off');
  withLedgerOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (order: string | undefined, options: CancelOptions) =>
      end(await cancel(order, options, terminal), options),
    );
};

async function cancel(order: string | undefined, options: CancelOptions, terminal: Terminal): Promise<Report> {
  if ((order === undefined) !== (options.all === true)) {
    throw new CascadeError('PARAMETERS_INVALID', 'Give the id of one order, or --all.');
  }
  return await onLedger(options, terminal, 'changes', (context) =>
    order === undefined ? cancelAll(context) : cancelOrder(context, order),
  );
}
