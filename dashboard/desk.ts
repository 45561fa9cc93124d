import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { definedFields } from '../src/core/defined-fields.ts';
import type { EpochMs } from '../src/core/units.ts';
import { type Acts, createActs } from './acts.ts';
import type { Configuration } from './configuration.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { AccountProblem, PageState } from './model/notices.ts';
import { getOr, type LocalDatabase, putLocal } from './replica/local-database.ts';
import { createOutbox, type Outbox } from './replica/outbox.ts';
import { openLocal } from './replica/pouch.ts';
import { createReplica } from './replica/pouch-replica.ts';
import type { Replica, SyncState } from './replica/replica.ts';
import { createSummary } from './replica/summary.ts';
import { tryStorage } from './replica/try-storage.ts';
import type { Login } from './session/login.ts';
import { type StoreFacts, storeFacts } from './session/store-facts.ts';
import { joinTabs } from './session/tabs.ts';

/** What the page has open for the person who is signed in. */
export interface Desk {
  readonly ledger: Ledger;
  readonly acts: Acts;
  readonly sync: ReadonlySignal<SyncState>;
  /** What may not be as it should be. */
  readonly state: ReadonlySignal<PageState>;
  /** @param isCleared - whether the ledger's documents, and what is not sent yet, leave this device. */
  close(isCleared: boolean): Promise<void>;
}

/** The name of an account's database on this device. */
const nameOf = ({ storeUrl = '', database }: Configuration, { user }: Login): string =>
  `cascade ${storeUrl}/${database} ${user}`;

/** Opens the device's documents, and then follows the store. @throws Error if the device does not open them. */
export async function openDesk(configuration: Configuration, login: Login, now: () => EpochMs): Promise<Desk> {
  await tryStorage();
  const { ledger, take, knowledge } = createLedger();
  const options = { configuration, login, onDocuments: take, now };
  const local = openLocal(nameOf(configuration, login));
  const tabs = joinTabs(nameOf(configuration, login));
  const summary = createSummary({ local, build: configuration.build, knowledge });
  const replica = createReplica({ ...options, local, summary, knowledge, mayStore: () => !tabs.isSecond.value });
  const outbox = createOutbox({ ...options, local: openLocal(`${nameOf(configuration, login)} outbox`) });
  await Promise.all([replica.open(), outbox.open()]);
  const facts = signal(await rememberedFacts(local));
  replica.follow();
  const stopSending = sendAgain(outbox, replica);
  const stopAsking = whenLive(replica, async () => {
    const known = { ...facts.value, ...(await storeFacts(configuration, login, now)) };
    facts.value = known;
    // Without it the page asks again at the next opening.
    await putLocal(local, FACTS, { mayAct: known.mayAct }).catch(() => {});
  });
  return {
    ledger,
    acts: createActs({
      ...{ outbox, by: login.user, known: () => ledger.of('act'), now },
      mayAct: computed(() => facts.value.mayAct !== false),
    }),
    sync: replica.sync,
    state: computed(() => {
      const { version, aheadMs } = facts.value;
      const account = outbox.held.value ?? problemOf(replica.sync.value);
      const isFull = replica.sync.value.kind === 'failed';
      const isSecondTab = tabs.isSecond.value;
      return definedFields({ account, version, aheadMs, isFull, isSecondTab, malformed: ledger.malformed.value });
    }),
    async close(isCleared) {
      stopSending();
      stopAsking();
      tabs.leave();
      await Promise.all(isCleared ? [replica.destroy(), outbox.destroy()] : [replica.close(), outbox.close()]);
    },
  };
}

const PROBLEMS: Readonly<Record<number, AccountProblem>> = { 401: 'wrong', 404: 'no-database' };

/** Why the store does not let the account read. */
const problemOf = (sync: SyncState): AccountProblem | undefined =>
  sync.kind === 'refused' ? (PROBLEMS[sync.status] ?? 'no-role') : undefined;

/** What the store last said of the account: a document of the device alone, for opening without network. */
const FACTS = 'cascade-account';

async function rememberedFacts(local: LocalDatabase): Promise<StoreFacts> {
  const mayAct = (await getOr(local, `_local/${FACTS}`))?.['mayAct'];
  return typeof mayAct === 'boolean' ? { mayAct } : {};
}

/** Does something each time the store is reached. @returns the function that ends it. */
const whenLive = ({ sync }: Pick<Replica, 'sync'>, act: () => void): (() => void) =>
  effect(() => {
    if (sync.value.kind === 'live') untracked(act);
  });

/** So often what waits is sent again, if nothing said before that the store can be reached. */
const AGAIN_MS = 15_000;

/**
 * Sends what waits whenever the store may be reached again: when the replica says so, when the browser says so, and now and
 * then, since both may miss a short outage.
 *
 * @returns the function that ends it.
 */
function sendAgain(outbox: Outbox, replica: Pick<Replica, 'sync'>): () => void {
  const send = (): void => {
    if ([...outbox.unsent.value.values()].some(({ refused }) => refused === undefined)) void outbox.send();
  };
  // CouchDB locks an account after some wrong passwords. So what is held waits until the store takes the account again.
  const trySending = (): void => {
    if (outbox.held.value === undefined) send();
  };
  const stopListening = whenLive(replica, send);
  addEventListener('online', trySending);
  const timer = setInterval(trySending, AGAIN_MS);
  return () => {
    stopListening();
    removeEventListener('online', trySending);
    clearInterval(timer);
  };
}
