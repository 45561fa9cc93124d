import type { EpochMs } from '../src/core/units.ts';
import type { Configuration } from './configuration.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createReplica } from './replica/pouch-replica.ts';
import type { Replica } from './replica/replica.ts';
import type { Login } from './session/login.ts';

/** What the page has open for the person who is signed in. */
export interface Desk {
  readonly ledger: Ledger;
  readonly replica: Replica;
}

/** Opens the device's documents, and then follows the store. */
export async function openDesk(configuration: Configuration, login: Login, now: () => EpochMs): Promise<Desk> {
  const { ledger, take } = createLedger();
  const replica = createReplica({ configuration, login, onDocuments: take, now });
  await replica.open();
  replica.follow();
  return { ledger, replica };
}
