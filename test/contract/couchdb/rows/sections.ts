import type { Fact } from '../support/fact.ts';
import { allDocs } from './all-docs.ts';
import { attachments } from './attachments.ts';
import { auth } from './auth.ts';
import { bulk } from './bulk.ts';
import { changes } from './changes.ts';
import { conflicts } from './conflicts.ts';
import { databases } from './databases.ts';
import { differs } from './differs.ts';
import { documents } from './documents.ts';
import { durability } from './durability.ts';
import { find } from './find.ts';
import { limits } from './limits.ts';
import { local } from './local.ts';
import { ours } from './ours.ts';
import { oursValidation } from './ours-validation.ts';
import { replication } from './replication.ts';
import { server } from './server.ts';

/** All facts, by the section of the list they stand in; `ours` are not in the list. */
export const SECTIONS: Readonly<Record<string, readonly Fact[]>> = {
  server,
  databases,
  documents,
  conflicts,
  bulk,
  'all-docs': allDocs,
  find,
  changes,
  local,
  attachments,
  auth,
  limits,
  replication,
  durability,
  differs,
  ours: [...ours, ...oursValidation],
};
