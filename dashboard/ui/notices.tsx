import type { ReadonlySignal } from '@preact/signals';
import { noticesOf, type PageState } from '../model/notices.ts';

interface NoticesProps {
  readonly state: ReadonlySignal<PageState>;
  /** Called if the person wants to sign in again. */
  readonly onSignIn: () => void;
}

/**
 * Shows sentences about what is wrong with the store (the CouchDB of the ledger, Cascade's memory), the account or the
 * device, and what a person can do about it. They are between the page's header and the view. `noticesOf` decides
 * which.
 */
export function Notices({ state, onSignIn }: NoticesProps) {
  return (
    <div class="notices" role="alert">
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
