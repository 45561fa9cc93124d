import { randomBytes } from 'node:crypto';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import type { CliCommand } from '../terminal.ts';
import { addUser, listUsers, removeUser } from '../users/manage-users.ts';

interface UserOptions extends LedgerOptions {
  readonly desk?: boolean;
}

/** 144 bits, which nobody can guess. As text they have 24 characters. */
const PASSWORD_BYTES = 18;

/**
 * `cascade user add | remove | list [name]`: manages people's accounts in the CouchDB of the ledger (Cascade's memory).
 * With an account a person reads the ledger, for example in the dashboard, and with `--desk` looks after tickets
 * (failures of apps, and questions).
 */
export const userCommand: CliCommand = {
  name: 'user',
  description: 'people’s accounts in the ledger’s CouchDB: who reads, and who looks after tickets',
  argument: ['<what>', 'add, remove or list (needs COUCHDB_ADMIN_URL)'],
  second: ['[name]', 'of the account'],
  options: [
    { flags: '--desk', description: 'with add: may add acts to tickets, too; without, the account only reads' },
    ...LEDGER_OPTIONS,
  ],
  examples: `  $ cascade user add ann --desk        an account for Ann, who reads the ledger and looks after tickets;
                                       asks for a password, or makes one and prints it once
  $ cascade user add bob               Bob only reads
  $ cascade user remove ann            takes the role back, and deletes the account if it has no other
  $ cascade user list                  who has a role in this ledger`,
  async run(what: string | undefined, options: UserOptions, terminal, name) {
    const isDesk = options.desk === true;
    if (isDesk && what !== 'add') throw misuse('--desk goes with add alone.');
    switch (what) {
      case 'add': {
        // With --json a script runs the command, and nobody is asked.
        const ask = options.json === true ? undefined : terminal.askSecret;
        const password = { ask, make: () => randomBytes(PASSWORD_BYTES).toString('base64url') };
        const given = nameOf(what, name);
        return await onLedger(options, terminal, 'changes', (context) => addUser(context, given, { isDesk, password }));
      }
      case 'remove': {
        const given = nameOf(what, name);
        return await onLedger(options, terminal, 'changes', (context) => removeUser(context, given));
      }
      case 'list':
        if (name !== undefined) throw misuse('cascade user list takes no name.');
        return await onLedger(options, terminal, 'reads', listUsers);
      default:
        throw misuse(`"${what}" is no part of cascade user: there are add, remove and list.`);
    }
  },
};

function nameOf(what: string, name: string | undefined): string {
  if (name !== undefined) return name;
  throw misuse(`Give the name of the account: cascade user ${what} <name>.`);
}

const misuse = (message: string): CascadeError => new CascadeError('PARAMETERS_INVALID', message);
