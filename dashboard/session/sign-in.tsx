import { useSignal } from '@preact/signals';
import type { Session } from './session.ts';

interface SignInProps {
  readonly session: Session;
  readonly storeUrl: string;
  /** Why the last login was not taken; the empty text if it was, or if there was none. */
  readonly problem: string;
}

/**
 * Shows the form to sign in, and says why CouchDB does not take a login. The page shows this form to whoever is not
 * signed in.
 */
export function SignIn({ session, storeUrl, problem }: SignInProps) {
  const isBusy = useSignal(false);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const fields = new FormData(form);
    const login = { user: String(fields.get('user')), password: String(fields.get('password')) };
    isBusy.value = true;
    await session.signIn(login, fields.get('keep') !== null);
    isBusy.value = false;
  };
  return (
    <main class="sign-in">
      <h1>Cascade</h1>
      <p>Sign in with your account in the ledger’s CouchDB ({new URL(storeUrl).host}).</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <label>
          User
          <input name="user" autocomplete="username" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <label class="check">
          <input name="keep" type="checkbox" aria-describedby="keep" />
          Keep me signed in on this device
        </label>
        <p id="keep" class="aside">
          If not, the page opens without network only in this tab.
        </p>
        <button type="submit" disabled={isBusy.value}>
          {isBusy.value ? 'Asking CouchDB …' : 'Sign in'}
        </button>
      </form>
      <p role="alert" class="error">
        {problem}
      </p>
    </main>
  );
}
