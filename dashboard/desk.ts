import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import { definedFields } from '../src/core/defined-fields.ts';
import type { EpochMs } from '../src/core/units.ts';
import { type Acts, createActs } from './acts.ts';
import type { Configuration } from './configuration.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { AccountProblem, PageState } from './model/notices.ts';
import { getOr, type LocalDatabase, putLocal } from './replica/local-database.ts';
import { createOutbox, type Outbox } from './replica/outbox.ts';
import { openOutboxDatabase } from './replica/outbox-database.ts';
import { openLocal } from './replica/pouch.ts';
import { createReplica } from './replica/pouch-replica.ts';
import type { Replica, SyncState } from './replica/replica.ts';
import { createSummary } from './replica/summary.ts';
import { tryStorage } from './replica/try-storage.ts';
import type { Login } from './session/login.ts';
import { type StoreFacts, storeFacts } from './session/store-facts.ts';
import { joinTabs } from './session/tabs.ts';

/** What the page has open for the person who is signed in. The frame shows it, and gives it to the views. */
export interface Desk {
  readonly ledger: Ledger;
  readonly acts: Acts;
  readonly sync: ReadonlySignal<SyncState>;
  /** What may be wrong with the store, the account or the device. The page says it above the view. */
  readonly state: ReadonlySignal<PageState>;
  /**
   * Stops everything.
   *
   * @param isCleared - whether to remove the ledger's documents, and what is not sent yet, from this device.
   */
  close(isCleared: boolean): Promise<void>;
}

/** The name of the account's database on this device. Each account of each store has its own. */
const nameOf = ({ storeUrl = '', database }: Configuration, { user }: Login): string =>
  `cascade ${storeUrl}/${database} ${user}`;

/**
 * Opens what the page needs once a person has signed in, and connects it: the replica (the copy of the ledger's
 * documents on this device; the ledger is Cascade's memory), the outbox (what the person did and the store does not
 * have yet), and the store (the ledger's CouchDB). `main.tsx` calls it. When it is done, the page can show what is on
 * the device. From then on the page follows the store.
 *
 * @throws Error if the device does not open or read the documents.
 */
export async function openDesk(configuration: Configuration, login: Login, now: () => EpochMs): Promise<Desk> {
  await tryStorage();
  const { ledger, take, knowledge } = createLedger();
  const isWrong = signal(false);
  const options = { configuration, login, onDocuments: take, now, isWrong };
  const local = openLocal(nameOf(configuration, login));
  const tabs = joinTabs(nameOf(configuration, login));
  const summary = createSummary({ local, build: configuration.build, knowledge });
  const replica = createReplica({
    ...options,
    local,
    summary,
    knowledge,
    mayStore: () => !tabs.isSecond.value,
    onReplaced: () => location.reload(),
  });
  const outbox = createOutbox({ ...options, local: openOutboxDatabase(`${nameOf(configuration, login)} outbox`) });
  await Promise.all([replica.open(), outbox.open()]);
  const facts = signal(await rememberedFacts(local));
  replica.follow();
  const stopTelling = shareWrong(isWrong, `${nameOf(configuration, login)} ${login.password}`);
  const stopSending = sendAgain(outbox, replica);
  const ask = async (): Promise<void> => {
    const known = { ...facts.value, ...(await storeFacts(configuration, login, now)) };
    facts.value = known;
    // If the device does not store this, the next opening of the page does without it.
    await putLocal(local, FACTS, { mayAct: known.mayAct }).catch(() => {});
  };
  const stopAsking = whenLive(replica, ask);
  const asking = setInterval(() => {
    if (replica.sync.value.kind === 'live') void ask();
  }, ASK_MS);
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
      stopTelling();
      stopSending();
      stopAsking();
      clearInterval(asking);
      tabs.leave();
      await Promise.all(isCleared ? [replica.destroy(), outbox.destroy()] : [replica.close(), outbox.close()]);
    },
  };
}

/** Why the store does not let the account read; undefined if it does, or if it gives no answer. */
const problemOf = (sync: SyncState): AccountProblem | undefined => (sync.kind === 'refused' ? sync.account : undefined);

/**
 * The name of a document that only this device has. It says whether the account may add acts, so that the page knows it
 * without network, too.
 */
const FACTS = 'cascade-account';

async function rememberedFacts(local: LocalDatabase): Promise<StoreFacts> {
  const mayAct = (await getOr(local, `_local/${FACTS}`))?.['mayAct'];
  return typeof mayAct === 'boolean' ? { mayAct } : {};
}

/** Does something each time the replica has caught up with the store. @returns the function that ends it. */
const whenLive = ({ sync }: Pick<Replica, 'sync'>, act: () => void): (() => void) =>
  effect(() => {
    if (sync.value.kind === 'live') untracked(act);
  });

/**
 * Tells the other tabs that the store has refused the password, so that they do not ask with it, too.
 *
 * @param name - has the password in it, so a tab with another password hears nothing. No page can list such names.
 * @returns the function that ends it.
 */
function shareWrong(isWrong: Signal<boolean>, name: string): () => void {
  const tabs = new BroadcastChannel(name);
  tabs.onmessage = () => {
    isWrong.value = true;
  };
  const stop = effect(() => {
    if (isWrong.value) tabs.postMessage('');
  });
  return () => {
    stop();
    tabs.close();
  };
}

/** How often a live page asks for the store's version and clock: somebody may deploy, or change the device's clock. */
const ASK_MS = 300_000;

/** How often the page tries to send what waits. */
const AGAIN_MS = 15_000;

/**
 * Sends what waits in the outbox: each time the replica has caught up with the store, when the browser is online again,
 * and every 15 s, because the two others may miss a short outage.
 *
 * @returns the function that ends it.
 */
function sendAgain(outbox: Outbox, replica: Pick<Replica, 'sync'>): () => void {
  const trySending = (): void => void outbox.trySending();
  // A live replica has just read with this account.
  const stopListening = whenLive(replica, () => void outbox.send());
  addEventListener('online', trySending);
  const timer = setInterval(trySending, AGAIN_MS);
  return () => {
    stopListening();
    removeEventListener('online', trySending);
    clearInterval(timer);
  };
}
