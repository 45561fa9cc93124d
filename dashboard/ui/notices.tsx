import type { ReadonlySignal } from '@preact/signals';
import { noticesOf, type PageState } from '../model/notices.ts';

interface NoticesProps {
  readonly state: ReadonlySignal<PageState>;
  readonly onSignIn: () => void;
}

/** Says what is not as it should be, and what to do about it. */
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
