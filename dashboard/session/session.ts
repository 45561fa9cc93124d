import { type ReadonlySignal, signal } from '@preact/signals';
import type { Configuration } from '../configuration.ts';
import { type Login, loginIn } from './login.ts';
import { type RefusedLogin, tryLogin } from './try-login.ts';

/**
 * Knows who is signed in on this page, and signs in and out. The page needs a login to read the ledger (Cascade's
 * memory) in CouchDB, and a person wants to type it only once.
 */
export interface Session {
  /** The login of the person; undefined if nobody is signed in. */
  readonly current: ReadonlySignal<Login | undefined>;
  /** Why the last login was not taken; undefined if it was, or if there was none. The page shows it. */
  readonly refused: ReadonlySignal<RefusedLogin | undefined>;
  /**
   * Signs in if CouchDB takes the login. If not, `refused` says why, and whoever is signed in stays it.
   *
   * @param isKept - if true, this device keeps the login until the person signs out, and the page asks the browser to
   *   keep the documents even if the disk gets full. If false, only this tab keeps the login, until it is closed.
   */
  signIn(login: Login, isKept: boolean): Promise<void>;
  /** Forgets the login. Other tabs in which the same person is signed in do the same. */
  signOut(): void;
}

/** Makes the session for one database of one CouchDB. Another database has a session of its own. */
export function createSession({ storeUrl = '', database }: Configuration): Session {
  const key = `cascade-session:${storeUrl}/${database}`;
  const kept = STORAGES.map((storage) => loginIn(whereAllowed(() => storage().getItem(key)) ?? null));
  const current = signal(kept.find((login) => login !== undefined));
  const refused = signal<RefusedLogin | undefined>(undefined);
  const otherTabs = whereAllowed(() => new BroadcastChannel(key));
  const forget = (): void => {
    for (const storage of STORAGES) whereAllowed(() => storage().removeItem(key));
    current.value = undefined;
    refused.value = undefined;
  };
  otherTabs?.addEventListener('message', ({ data: user }) => {
    if (user === current.value?.user) forget();
  });
  return {
    current,
    refused,
    async signIn(login, isKept) {
      const answer = await tryLogin({ storeUrl, database }, login);
      refused.value = answer.kind === 'welcome' ? undefined : answer;
      if (answer.kind !== 'welcome') return;
      for (const storage of isKept ? STORAGES : [STORAGES[0]]) {
        whereAllowed(() => storage().setItem(key, JSON.stringify(login)));
      }
      if (isKept) void navigator.storage?.persist?.();
      // The same login, for example by a link that is opened again, changes nothing.
      if (JSON.stringify(current.value) !== JSON.stringify(login)) current.value = login;
    },
    signOut() {
      otherTabs?.postMessage(current.value?.user);
      forget();
    },
  };
}

/**
 * The storage of this tab, and the storage of this device. They are functions, because a browser may refuse even to
 * name a storage.
 */
const STORAGES = [() => sessionStorage, () => localStorage] as const;

/**
 * Uses a storage, or a channel to other tabs. A browser may refuse that; then the person is signed in until the page is
 * closed, and signs out in this tab alone.
 */
function whereAllowed<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}
