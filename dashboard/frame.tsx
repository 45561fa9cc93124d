import { type Signal, useSignal } from '@preact/signals';
import type { EpochMs } from '../src/core/units.ts';
import type { Configuration } from './configuration.ts';
import type { Desk } from './desk.ts';
import type { Ledger } from './ledger.ts';
import { alertCount, openProblems } from './model/open-problems.ts';
import { hrefTo, type Route } from './routes.ts';
import type { Session } from './session/session.ts';
import { SignIn } from './session/sign-in.tsx';
import { signInWords } from './session/sign-in-words.ts';
import { hasSingleKeys, setSingleKeys } from './single-keys.ts';
import { Mark } from './ui/mark.tsx';
import { Notices } from './ui/notices.tsx';
import { SyncStatus } from './ui/sync-status.tsx';
import { VIEWS } from './views/views.ts';

/** What the frame shows. `main.tsx` makes the signals, and changes them. */
export interface FrameProps {
  readonly configuration: Configuration;
  readonly session: Session;
  readonly route: Signal<Route>;
  readonly now: Signal<EpochMs>;
  /** What is open for the person who is signed in. Undefined if nobody is, or while the device still opens it. */
  readonly desk: Signal<Desk | undefined>;
  /**
   * Why the device did not open the documents of the ledger (Cascade's memory), in the browser's words; otherwise
   * undefined.
   */
  readonly refusal: Signal<string | undefined>;
  /** @param isCleared - whether to remove the ledger's documents, and what is not sent yet, from this device. */
  readonly signOut: (isCleared: boolean) => Promise<void>;
}

/**
 * Shows the whole page: the header with the navigation, the notices about what is wrong, and the view that the URL
 * names. If nobody is signed in, it shows the form to sign in. If the page cannot work at all, it says why.
 */
export function Frame({ configuration, session, route, now, desk, refusal, signOut }: FrameProps) {
  if (configuration.storeUrl === undefined) return <NotSetUp />;
  const login = session.current.value;
  if (login !== undefined && refusal.value !== undefined) return <NoStorage why={refusal.value} />;
  const open = desk.value;
  if (login !== undefined && open === undefined) return <Opening />;
  const { storeUrl, database } = configuration;
  const refused = session.refused.value;
  const problem = refused === undefined ? '' : signInWords(refused, { storeUrl, database, origin: location.origin });
  if (login === undefined || open === undefined) return <SignIn {...{ session, storeUrl, problem }} />;
  const view = VIEWS.find(({ name }) => name === route.value.view) ?? VIEWS[0];
  return (
    <>
      <button type="button" class="skip" onClick={toContent}>
        To the content
      </button>
      <header>
        <b class="brand">Cascade</b>
        <nav aria-label="Views">
          {VIEWS.map(({ name, title }) => (
            <a key={name} href={hrefTo(name)} {...(name === view.name && { 'aria-current': 'page' as const })}>
              {title}
            </a>
          ))}
        </nav>
        <AlertCount ledger={open.ledger} now={now} />
        <SyncStatus sync={open.sync} now={now} />
        <Account user={login.user} signOut={signOut} />
      </header>
      <Notices state={open.state} problem={problem} onSignIn={() => void signOut(false)} />
      <main id="content" tabIndex={-1}>
        <h1>{view.title}</h1>
        <view.Content ledger={open.ledger} route={route.value} now={now.value} user={login.user} acts={open.acts} />
      </main>
    </>
  );
}

/** Says in each view that there are alerts, and leads to them. Shows nothing if there are none. */
function AlertCount({ ledger, now }: { readonly ledger: Ledger; readonly now: Signal<EpochMs> }) {
  const { count } = openProblems(ledger, ledger.labelOf, now.value);
  if (count === 0) return null;
  return (
    <a href={hrefTo(VIEWS[0].name)}>
      <Mark state="late" word={alertCount(count)} />
    </a>
  );
}

/**
 * Gives the content the focus, for people who use the keyboard. This is no link to `#content`, because the page reads
 * the URL's fragment as the name of a view.
 */
const toContent = (): void => document.getElementById('content')?.focus();

function NotSetUp() {
  return (
    <main>
      <h1>Cascade</h1>
      <p>
        This dashboard does not know where the ledger is. Set <code>DASHBOARD_COUCHDB_URL</code> in <code>.env</code> to
        the address of the ledger’s CouchDB, as browsers reach it (https, without user and password), and deploy again.
      </p>
    </main>
  );
}

function Opening() {
  return (
    <main>
      <h1>Cascade</h1>
      <p role="status">Opening what is on this device …</p>
    </main>
  );
}

function NoStorage({ why }: { readonly why: string }) {
  return (
    <main>
      <h1>Cascade</h1>
      <div role="alert">
        <p>
          This browser does not let the page keep documents, and without them it shows nothing. Allow this address to
          store data (cookies and site data, in the browser’s settings), or open it in a window that is not private; if
          the disk is full, make room. Then load the page again.
        </p>
        <p class="error">{why}</p>
      </div>
      <button type="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </main>
  );
}

function Account({ user, signOut }: { readonly user: string; readonly signOut: FrameProps['signOut'] }) {
  const isCleared = useSignal(false);
  return (
    <details class="account">
      <summary>{user}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void signOut(isCleared.value);
        }}
      >
        <label>
          <input
            type="checkbox"
            checked={hasSingleKeys.value}
            onChange={({ currentTarget }) => setSingleKeys(currentTarget.checked)}
          />
          Single letters are keys, such as t
        </label>
        <label>
          <input
            type="checkbox"
            checked={isCleared.value}
            onChange={(event) => {
              isCleared.value = event.currentTarget.checked;
            }}
          />
          Remove the ledger’s documents from this device
        </label>
        <button type="submit">Sign out</button>
      </form>
    </details>
  );
}
