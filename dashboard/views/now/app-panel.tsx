import { useLayoutEffect, useRef } from 'preact/hooks';
import { appStateId } from '../../../src/core/document-ids.ts';
import type { ChainGraph, GraphApp } from '../../../src/core/graph/chain-graph.ts';
import { ifItEnded } from '../../../src/core/graph/if-it-ended.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import { appKey, appOfKey } from '../../../src/core/names.ts';
import type { OrderFact } from '../../../src/core/runs/facts.ts';
import { joinHalves } from '../../../src/core/runs/join-words.ts';
import { reloadTimes, reloadTimesText } from '../../../src/core/runs/reload-times.ts';
import { foldActs } from '../../../src/core/tickets/fold-acts.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { Ledger } from '../../ledger.ts';
import { attentionTo, givenUpWords } from '../../model/attention.ts';
import { deadlineOfApp } from '../../model/deadline-of-app.ts';
import { countWords, followWords } from '../../model/follow-words.ts';
import { lastReloads } from '../../model/last-reloads.ts';
import { hrefToNow, type NowAddress } from '../../model/now-address.ts';
import type { NowLine } from '../../model/now-lines.ts';
import { givenUpIn } from '../../model/open-problems.ts';
import { joinsOfApp, whyOfApp } from '../../model/why-of-app.ts';
import { hrefTo } from '../../routes.ts';
import { CopyCommand } from '../../ui/copy-command.tsx';
import { Dismiss } from '../../ui/dismiss.tsx';
import { useSubject } from '../../ui/heading.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';
import { Sentence } from '../../ui/sentence.tsx';
import { Attempt } from './attempt.tsx';
import { goTo } from './go-to.ts';

/** What the panel shows. `line` is the app with its state; the `address` is what the URL says. */
interface PanelProps {
  /** Undefined if the app is in no deployed chain. */
  readonly line: NowLine | undefined;
  readonly address: NowAddress;
  readonly graph: ChainGraph;
  readonly chains: CompiledChains;
  readonly ledger: Ledger;
  readonly now: EpochMs;
}

interface PartProps extends Omit<PanelProps, 'line' | 'address'> {
  readonly app: GraphApp;
}

/**
 * Shows what a person wants to know about one app of the view Now: why it stands as it does, what it waits for, what
 * follows it, its last reloads, and commands to copy. It opens beside the graph or the table when a person selects the
 * app.
 */
export function AppPanel({ line, address, ...rest }: PanelProps) {
  const { selected, ...closed } = address;
  const close = (
    <a class="close" href={hrefToNow(closed)} aria-keyshortcuts="Escape">
      Close
    </a>
  );
  const heading = useFocusOf(selected);
  useSubject(line?.app.label ?? '');
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') goTo(hrefToNow(closed));
  };
  if (line === undefined) return <aside class="panel">This app is in no deployed chain. {close}</aside>;
  const { app, state, at, attempt } = line;
  const { chains, ledger, now } = rest;
  const part = { app, ...rest };
  const givenUp = givenUpIn(ledger);
  const attention = attentionTo(line, { chains, documents: ledger, labelOf: ledger.labelOf }, givenUp);
  return (
    <aside class="panel" aria-labelledby="app" onKeyDown={onKeyDown}>
      {close}
      <h2 id="app" ref={heading} tabIndex={-1}>
        {app.label}
      </h2>
      <p>
        <Mark state={state} />
        {at !== undefined && (
          <>
            {' since '}
            <Instant at={at} now={now} />
          </>
        )}
        <Attempt {...{ attempt, now }} />, in {app.chains.join(', ')}.
      </p>
      {attention !== undefined && (
        <p class="lead">
          <Sentence text={attention.why} now={now} />
        </p>
      )}
      {givenUp.get(app.key)?.map((order) => (
        <GivenUp key={order._id} order={order} isSaid={attention?.why === givenUpWords(order)} now={now} />
      ))}
      <Ticket {...part} id={attention?.ticket} />
      {[...whyOfApp(app, chains, ledger, ledger.labelOf, now), ...deadlineOfApp(app, chains, ledger, now)].map(
        (sentence) => (
          <p key={sentence}>
            <Sentence text={sentence} now={now} labelOf={ledger.labelOf} />
          </p>
        ),
      )}
      <Waits {...part} />
      <Follows {...part} />
      {state !== 'failed' && <IfItFailed {...part} />}
      <LastReloads {...part} />
      <h3>On the command line</h3>
      <p>
        <CopyCommand command={`npx cascade why ${app.names[0] ?? app.appId}`} />
      </p>
      <p>
        <CopyCommand command={`wsk action invoke cascade/reload -p app ${app.names[0] ?? app.appId} --result`} />
      </p>
    </aside>
  );
}

interface GivenUpProps {
  readonly order: OrderFact;
  /** Whether the panel says already why it was given up. */
  readonly isSaid: boolean;
  readonly now: EpochMs;
}

/** An order (a reload that Cascade owed) that was given up, and the command that settles it. */
function GivenUp({ order, isSaid, now }: GivenUpProps) {
  return (
    <>
      {!isSaid && (
        <p>
          <Sentence text={givenUpWords(order)} now={now} />
        </p>
      )}
      <Dismiss id={order._id} />
    </>
  );
}

/**
 * Links to the ticket of a failing app (a streak of its failures, for people), with its state, its owner and its tags.
 *
 * @param id - the ticket that `attentionTo` found. If the app itself is not failing, it is that of the failure for
 *   which the app waits.
 */
function Ticket({ app, ledger, id }: PartProps & { readonly id: string | undefined }) {
  const own = ledger.of('app').get(appStateId(app))?.failing?.ticket;
  const shown = own ?? id;
  if (shown === undefined) return null;
  const ticket = ledger.of('ticket').get(shown);
  const { state, owner, tags } = foldActs(ticket ?? { _id: shown }, [...ledger.of('act').values()]);
  const words = [state, `${owner ?? 'nobody'} looks after it`, ...tags.map((tag) => `#${tag}`)];
  return (
    <p>
      <a href={hrefTo('tickets', [shown])}>{own === undefined ? 'The ticket of that failure' : 'Its ticket'}</a>:{' '}
      {words.join(', ')}.
    </p>
  );
}

/**
 * Gives the heading the focus when a person opens an app, so that a screen reader reads on there. When the panel
 * closes, the focus goes back to where it was. If nothing has the focus, as when the page itself opens with an app,
 * that stays so.
 */
function useFocusOf(selected: NowAddress['selected']) {
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    if (before === null || before === document.body) return;
    opener.current = before;
    heading.current?.focus();
  }, [selected]);
  useLayoutEffect(
    () => () => {
      const { current } = opener;
      if (current instanceof HTMLElement || current instanceof SVGElement) current.focus();
    },
    [],
  );
  return heading;
}

/**
 * The links (steps of chains) by which the app waits for several other apps, and which of those apps are ready. The
 * code calls such an app a half.
 */
function Waits({ app, chains, ledger, now }: PartProps) {
  const joins = joinsOfApp(app, chains, ledger);
  if (joins.length === 0) return null;
  return (
    <>
      <h3>Waits for</h3>
      {joins.map((join) => (
        <div key={join.link.clause}>
          <p>
            Chain {join.link.chain}: {countWords(join.link.join)}
            {join.link.paused && ', paused'}
          </p>
          <ul>
            {joinHalves(join, now).map(({ app: half, endedAt }) => (
              <li key={appKey(half)}>
                <Mark
                  state={endedAt === undefined ? 'waiting' : 'succeeded'}
                  word={endedAt === undefined ? 'missing' : 'ready'}
                />{' '}
                {ledger.labelOf(half)}
                {endedAt !== undefined && (
                  <>
                    {' since '}
                    <Instant at={endedAt} now={now} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

/** What the app follows, and what follows it. */
function Follows({ app, graph }: PartProps) {
  const { upstreams, followers } = followWords(app, graph);
  return (
    <>
      <h3>Follows</h3>
      <List texts={upstreams} none="Nothing: a person or a schedule starts it." />
      <h3>What follows it</h3>
      <List texts={followers} none="Nothing." />
    </>
  );
}

/** What would happen to other apps if the app failed now. */
function IfItFailed({ app, chains, ledger }: PartProps) {
  const { starts, countsFor, waitOn, stops } = ifItEnded(app, 'failed', chains);
  const texts = [
    ...starts.map((start) => `${ledger.labelOf(start.app)} would reload (chain ${start.chain}).`),
    ...countsFor.map(({ target }) => `${ledger.labelOf(target)} would count it, and wait for the others.`),
    ...waitOn.map(({ target }) => `${ledger.labelOf(target)} would wait for a reload of it that succeeds.`),
    ...(stops.length === 0 ? [] : [`Not reloaded: ${stops.map((key) => ledger.labelOf(appOfKey(key))).join(', ')}.`]),
  ];
  return (
    <>
      <h3>If it failed</h3>
      <List texts={texts} none="Nothing would change for any other app." />
    </>
  );
}

function LastReloads({ app, ledger, now }: PartProps) {
  const ends = lastReloads(app, ledger.of('event').values(), ledger.of('order').values());
  return (
    <>
      <h3>Last reloads</h3>
      {ends.length === 0 && <p>None on this device.</p>}
      <ul>
        {ends.map(({ event, state }) => (
          <li key={event._id}>
            <Mark state={state} />{' '}
            <a href={hrefTo('runs', [ledger.rootOf(event._id) ?? event._id])}>
              <Instant at={event.endedAt} now={now} />
            </a>{' '}
            {reloadTimesText(reloadTimes(event))}
            {event.error !== undefined && <p class="error">{event.error.message}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

function List({ texts, none }: { readonly texts: readonly string[]; readonly none: string }) {
  if (texts.length === 0) return <p>{none}</p>;
  return (
    <ul>
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
