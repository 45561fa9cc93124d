import { effect, type ReadonlySignal, untracked } from '@preact/signals';
import type { EpochMs } from '../src/core/units.ts';
import { type Acts, createActs } from './acts.ts';
import type { Configuration } from './configuration.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createOutbox, type Outbox } from './replica/outbox.ts';
import { openLocal } from './replica/pouch.ts';
import { createReplica } from './replica/pouch-replica.ts';
import type { Replica, SyncState } from './replica/replica.ts';
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
  const stopSending = sendAgain(outbox, replica);
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

/** So often what waits is sent again, if nothing said before that the store can be reached. */
const AGAIN_MS = 15_000;

/**
 * Sends what waits whenever the store may be reached again: when the replica says so, when the browser says so, and now and
 * then, since both may miss a short outage.
 *
 * @returns the function that ends it.
 */
function sendAgain(outbox: Outbox, { sync }: Pick<Replica, 'sync'>): () => void {
  const send = (): void => {
    if ([...outbox.unsent.value.values()].some(({ refused }) => refused === undefined)) void outbox.send();
  };
  const stopListening = effect(() => {
    if (sync.value.kind === 'live') untracked(send);
  });
  addEventListener('online', send);
  const timer = setInterval(send, AGAIN_MS);
  return () => {
    stopListening();
    removeEventListener('online', send);
    clearInterval(timer);
  };
}
