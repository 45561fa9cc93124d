import { effect, type ReadonlySignal } from '@preact/signals';
import type { EpochMs } from '../src/core/units.ts';
import { type Acts, createActs } from './acts.ts';
import type { Configuration } from './configuration.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createOutbox } from './replica/outbox.ts';
import { openLocal } from './replica/pouch.ts';
import { createReplica } from './replica/pouch-replica.ts';
import type { SyncState } from './replica/replica.ts';
import type { Login } from './session/login.ts';

/** What the page has open for the person who is signed in. */
export interface Desk {
  readonly ledger: Ledger;
  readonly acts: Acts;
  readonly sync: ReadonlySignal<SyncState>;
  /** @param isCleared - whether the ledger's documents, and what is not sent yet, leave this device. */
  close(isCleared: boolean): Promise<void>;
}

/** The name of an account's database on this device. */
const nameOf = ({ storeUrl = '', database }: Configuration, { user }: Login): string =>
  `cascade ${storeUrl}/${database} ${user}`;

/** Opens the device's documents, and then follows the store. */
export async function openDesk(configuration: Configuration, login: Login, now: () => EpochMs): Promise<Desk> {
  const { ledger, take } = createLedger();
  const options = { configuration, login, onDocuments: take, now };
  const replica = createReplica({ ...options, local: openLocal(nameOf(configuration, login)) });
  const outbox = createOutbox({ ...options, local: openLocal(`${nameOf(configuration, login)} outbox`) });
  await replica.open();
  await outbox.open();
  replica.follow();
  // What waits goes out whenever the store can be reached again.
  const stopSending = effect(() => {
    if (replica.sync.value.kind === 'live') void outbox.send();
  });
  return {
    ledger,
    acts: createActs({ outbox, by: login.user, known: () => ledger.of('act'), now }),
    sync: replica.sync,
    async close(isCleared) {
      stopSending();
      await Promise.all(isCleared ? [replica.destroy(), outbox.destroy()] : [replica.close(), outbox.close()]);
    },
  };
}
