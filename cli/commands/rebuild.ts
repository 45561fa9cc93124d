import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import { rebuild } from '../ledger/rebuild/rebuild.ts';
import type { CliCommand } from '../terminal.ts';

interface RebuildOptions extends LedgerOptions {
  readonly write?: boolean;
}

/**
 * `cascade rebuild`: computes the documents of apps and tickets from events and orders, and compares them with those in
 * the ledger (Cascade's memory). With `--write` it corrects what differs. A person uses it if somebody has spoilt or
 * deleted such documents.
 *
 * An event is a reload that ended. An order is a reload that Cascade owes. A ticket is one streak of failures of an
 * app.
 */
export const rebuildCommand: CliCommand = {
  name: 'rebuild',
  description: 'compare apps and tickets with events and orders; with --write: put them right',
  options: [{ flags: '--write', description: 'write what differs' }, ...LEDGER_OPTIONS],
  examples: `  $ cascade rebuild            what differs, and how
  $ cascade rebuild --write    put it right; no notice is sent`,
  run(_, { write = false, ...options }: RebuildOptions, terminal) {
    return onLedger(options, terminal, write ? 'changes' : 'reads', (context) => rebuild(context, write));
  },
};
