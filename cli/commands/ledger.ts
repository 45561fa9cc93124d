import { CascadeError } from '../../src/core/cascade-error.ts';
import { describeLedger } from '../ledger/describe-ledger.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import { purge } from '../ledger/purge.ts';
import type { CliCommand } from '../terminal.ts';

const PURGE = 'purge';

/**
 * `cascade ledger`: shows how many documents of which type are in the ledger (Cascade's memory in CouchDB). `cascade
 * ledger purge`: removes documents with which nothing has been left to do for RETENTION_DAYS or longer. Without purges
 * the ledger grows without end.
 */
export const ledgerCommand: CliCommand = {
  name: 'ledger',
  description: 'what the ledger holds, and what the next purge removes; with purge: removes it',
  argument: [`[${PURGE}]`, 'remove what has been final for RETENTION_DAYS (needs COUCHDB_ADMIN_URL)'],
  options: LEDGER_OPTIONS,
  examples: `  $ cascade ledger                     documents by type: how many, how large, since when, how many may go
  $ cascade ledger purge               remove what may go, without asking; once a day, for example by cron`,
  async run(what: string | undefined, options: LedgerOptions, terminal) {
    if (what !== undefined && what !== PURGE) {
      throw new CascadeError('PARAMETERS_INVALID', `"${what}" is no part of cascade ledger: the only one is ${PURGE}.`);
    }
    return what === PURGE
      ? await onLedger(options, terminal, 'changes', purge)
      : await onLedger(options, terminal, 'reads', describeLedger);
  },
};
