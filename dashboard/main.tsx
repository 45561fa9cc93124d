/*
 * The dashboard's page starts here. The browser runs this file once, when it has loaded the page. It keeps what the
 * whole page depends on (where the person is, the time, who is signed in, what is open) as signals, and renders the
 * frame, which shows them. A signal is a value of the library Preact: what has read it is computed again if it changes.
 */

import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import type { EpochMs } from '../src/core/units.ts';
import { type Desk, openDesk } from './desk.ts';
import { Frame } from './frame.tsx';
import { noteList } from './model/last-list.ts';
import { readConfiguration } from './read-configuration.ts';
import { hrefTo, parseRoute } from './routes.ts';
import { loginInFragment } from './session/login.ts';
import { createSession } from './session/session.ts';
import { startAtTheTop } from './start-at-the-top.ts';
import { subject } from './ui/heading.tsx';
import { VIEWS } from './views/views.ts';

const clock = (): EpochMs => Date.now() as EpochMs;
/** How often `now` moves on, and the views with it. */
const TICK_MS = 30_000;

const configuration = readConfiguration(document);
const session = createSession(configuration);
/**
 * Signs in with the login that a link may have, such as the one that `npm start` prints. The password must not stay in
 * the address bar, nor in the history. An empty fragment becomes that of the first view, too.
 */
function takeLogin(): void {
  const given = loginInFragment(location.hash);
  if (given !== undefined || location.hash === '') history.replaceState(undefined, '', hrefTo(VIEWS[0].name));
  if (given !== undefined && configuration.storeUrl !== undefined) void session.signIn(given, false);
}
takeLogin();
const route = signal(parseRoute(location.hash));
noteList(route.value);
const now = signal(clock());
/** What is open for the person who is signed in: see `desk.ts`. */
const desk = signal<Desk | undefined>(undefined);
/**
 * Why the device did not open the documents of the ledger (Cascade's memory), in the browser's words; otherwise
 * undefined.
 */
const refusal = signal<string | undefined>(undefined);

addEventListener('hashchange', () => {
  takeLogin();
  route.value = parseRoute(location.hash);
  noteList(route.value);
});
startAtTheTop();
setInterval(() => {
  now.value = clock();
}, TICK_MS);
effect(() => {
  const title = VIEWS.find(({ name }) => name === route.value.view)?.title ?? VIEWS[0].title;
  document.title = [subject.value, title, 'Cascade'].filter((part) => part !== '').join(' · ');
});

/** Fulfilled when the documents that were open before are closed: no two desks have the same database open. */
let closed: Promise<void> = Promise.resolve();
/**
 * When a person signs in, this opens the person's documents. When the person signs out in another tab, or another one
 * signs in by a link, it closes them. When the person signs out here, `signOut` has done so.
 */
effect(() => {
  const login = session.current.value;
  if (login === undefined) return;
  let isOver = false;
  const opening = closed
    .then(() => openDesk(configuration, login, clock))
    .then(
      (opened) => {
        // The person has signed out while the device was opening the documents.
        if (isOver) return opened.close(false);
        desk.value = opened;
      },
      (error: unknown) => {
        refusal.value = String(error);
      },
    );
  return () => {
    isOver = true;
    closed = (desk.peek()?.close(false) ?? opening).catch(() => {});
    desk.value = undefined;
    refusal.value = undefined;
  };
});

/**
 * Signs the person out.
 *
 * @param isCleared - whether to remove the ledger's documents, and what is not sent yet, from this device.
 */
async function signOut(isCleared: boolean): Promise<void> {
  const open = desk.value;
  desk.value = undefined;
  session.signOut();
  await open?.close(isCleared);
}

if ('serviceWorker' in navigator && configuration.storeUrl !== undefined) {
  const scope = location.pathname.replace(/\/$/, '');
  // The service worker opens the page without network. Some browsers and private windows have none: there the page
  // works, but not without network.
  navigator.serviceWorker.register(`${scope}/sw.js`, { scope }).catch(() => {});
}

const page = document.getElementById('page');
if (page !== null) {
  render(<Frame {...{ configuration, session, route, now, desk, refusal, signOut }} />, page);
}
