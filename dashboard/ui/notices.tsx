import type { ReadonlySignal } from '@preact/signals';
import { noticesOf, type PageState } from '../model/notices.ts';

interface NoticesProps {
  readonly state: ReadonlySignal<PageState>;
  /** Why the login of a link was not taken; the empty text if there is no such link. */
  readonly problem: string;
  /** Called if the person wants to sign in again. */
  readonly onSignIn: () => void;
}

/**
 * Shows sentences about what is wrong with the store (the CouchDB of the ledger, Cascade's memory), the account or the
 * device, and what a person can do about it. They are between the page's header and the view. `noticesOf` decides
 * which.
 */
export function Notices({ state, problem, onSignIn }: NoticesProps) {
  return (
    <div class="notices" role="alert">
      {problem !== '' && <p>{problem}</p>}
      {noticesOf(state.value).map(({ text, offer }) => (
        <p key={text}>
          {text}{' '}
          {offer === 'sign-in' && (
            <button type="button" onClick={onSignIn}>
              Sign in again
            </button>
          )}
          {offer === 'reload' && (
            <button type="button" onClick={() => location.reload()}>
              Load the page again
            </button>
          )}
        </p>
      ))}
    </div>
  );
}
