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
   */
  signIn(login: Login, isKept: boolean): Promise<SignInAnswer>;
  /** Forgets the login, in this tab and on this device. */
  signOut(): void;
}

/** Makes the session of one store's database. Two databases on one store have two sessions. */
export function createSession({ storeUrl = '', database }: Configuration): Session {
  const key = `cascade-session:${storeUrl}/${database}`;
  const current = signal(loginIn(stored(sessionStorage, key)) ?? loginIn(stored(localStorage, key)));
  return {
    current,
    async signIn(login, isKept) {
      const answer = await tryLogin({ storeUrl, database }, login);
      if (answer.kind !== 'welcome') return answer;
      store(sessionStorage, key, login);
      if (isKept) store(localStorage, key, login);
      current.value = login;
      return answer;
    },
    signOut() {
      sessionStorage.removeItem(key);
      localStorage.removeItem(key);
      current.value = undefined;
    },
  };
}

const stored = (storage: Storage, key: string): string | null => storage.getItem(key);

/** A browser may refuse to store anything. The person is then signed in until the page is left. */
function store(storage: Storage, key: string, login: Login): void {
  try {
    storage.setItem(key, JSON.stringify(login));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
