import { type ReadonlySignal, signal } from '@preact/signals';
import type { Configuration } from '../configuration.ts';
import { type Login, loginIn } from './login.ts';
import { type SignInAnswer, tryLogin } from './try-login.ts';

/** Who is signed in on this page. */
export interface Session {
  /** Undefined if nobody is. */
  readonly current: ReadonlySignal<Login | undefined>;
  /**
   * Signs in if CouchDB takes the login.
   *
   * @param isKept - whether this device keeps it until the person signs out; else only this tab keeps it, until the tab is closed.
   * If it does, the browser is asked to keep the documents, too, when the device's disk gets full.
   */
  signIn(login: Login, isKept: boolean): Promise<SignInAnswer>;
  /** Forgets the login, on this device and in each of its tabs in which the person is signed in. */
  signOut(): void;
}

/** Makes the session of one store's database. Two databases on one store have two sessions. */
export function createSession({ storeUrl = '', database }: Configuration): Session {
  const key = `cascade-session:${storeUrl}/${database}`;
  const kept = STORAGES.map((storage) => loginIn(whereAllowed(() => storage().getItem(key)) ?? null));
  const current = signal(kept.find((login) => login !== undefined));
  const otherTabs = new BroadcastChannel(key);
  const forget = (): void => {
    for (const storage of STORAGES) whereAllowed(() => storage().removeItem(key));
    current.value = undefined;
  };
  otherTabs.onmessage = ({ data: user }) => {
    if (user === current.value?.user) forget();
  };
  return {
    current,
    async signIn(login, isKept) {
      const answer = await tryLogin({ storeUrl, database }, login);
      if (answer.kind !== 'welcome') return answer;
      for (const storage of isKept ? STORAGES : [STORAGES[0]]) {
        whereAllowed(() => storage().setItem(key, JSON.stringify(login)));
      }
      if (isKept) void navigator.storage?.persist?.();
      current.value = login;
      return answer;
    },
    signOut() {
      otherTabs.postMessage(current.value?.user);
      forget();
    },
  };
}

/** The tab's, and the device's. A browser may refuse even to name them. */
const STORAGES = [() => sessionStorage, () => localStorage] as const;

/** A browser may refuse to store anything. The person is then signed in until the page is left. */
function whereAllowed<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}
