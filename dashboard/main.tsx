import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import type { EpochMs } from '../src/core/units.ts';
import { type Desk, openDesk } from './desk.ts';
import { Frame } from './frame.tsx';
import { readConfiguration } from './read-configuration.ts';
import { hrefTo, parseRoute } from './routes.ts';
import { loginInFragment } from './session/login.ts';
import { createSession } from './session/session.ts';
import { startAtTheTop } from './start-at-the-top.ts';
import { subject } from './ui/heading.tsx';
import { VIEWS } from './views/views.ts';

const clock = (): EpochMs => Date.now() as EpochMs;
const TICK_MS = 30_000;

const configuration = readConfiguration(document);
const session = createSession(configuration);
const given = loginInFragment(location.hash);
// The password must not stay in the address bar, nor in the history.
if (given !== undefined || location.hash === '') history.replaceState(undefined, '', hrefTo(VIEWS[0].name));
const route = signal(parseRoute(location.hash));
const now = signal(clock());
const desk = signal<Desk | undefined>(undefined);
/** Why the device does not open its documents, in the browser's words. */
const refusal = signal<string | undefined>(undefined);

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});
startAtTheTop();
setInterval(() => {
  now.value = clock();
}, TICK_MS);
effect(() => {
  const title = VIEWS.find(({ name }) => name === route.value.view)?.title ?? VIEWS[0].title;
  document.title = [subject.value, title, 'Cascade'].filter((part) => part !== '').join(' · ');
});

/** Opens the ledger of whoever signs in, and closes it if the person signs out, here or in another tab. */
effect(() => {
  const login = session.current.value;
  if (login === undefined) return;
  let isOver = false;
  openDesk(configuration, login, clock).then(
    (opened) => {
      if (isOver) void opened.close(false);
      else desk.value = opened;
    },
    (error: unknown) => {
      refusal.value = String(error);
    },
  );
  return () => {
    isOver = true;
    void desk.peek()?.close(false);
    desk.value = undefined;
    refusal.value = undefined;
  };
});

async function signOut(isCleared: boolean): Promise<void> {
  const open = desk.value;
  desk.value = undefined;
  session.signOut();
  await open?.close(isCleared);
}

if ('serviceWorker' in navigator && configuration.storeUrl !== undefined) {
  const scope = location.pathname.replace(/\/$/, '');
  // Without a service worker the page works, but not without network. Some browsers and private windows have none.
  navigator.serviceWorker.register(`${scope}/sw.js`, { scope }).catch(() => {});
}

const page = document.getElementById('page');
if (page !== null) {
  render(<Frame {...{ configuration, session, route, now, desk, refusal, signOut }} />, page);
}
if (given !== undefined && configuration.storeUrl !== undefined) void session.signIn(given, false);
