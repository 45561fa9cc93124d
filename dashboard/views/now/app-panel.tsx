import { appStateId } from '../../../src/core/document-ids.ts';
import type { ChainGraph, GraphApp } from '../../../src/core/graph/chain-graph.ts';
import { ifItEnded } from '../../../src/core/graph/if-it-ended.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import { appKey, appOfKey } from '../../../src/core/names.ts';
import { joinHalves } from '../../../src/core/runs/join-words.ts';
import { reloadTimes, reloadTimesText } from '../../../src/core/runs/reload-times.ts';
import { foldActs } from '../../../src/core/tickets/fold-acts.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { Ledger } from '../../ledger.ts';
import { countWords, followWords } from '../../model/follow-words.ts';
import { nodeState } from '../../model/mark.ts';
import { hrefToNow, type NowAddress } from '../../model/now-address.ts';
import type { NowLine } from '../../model/now-lines.ts';
import { joinsOfApp, whyOfApp } from '../../model/why-of-app.ts';
import { hrefTo } from '../../routes.ts';
import { CopyCommand } from '../../ui/copy-command.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Mark } from '../../ui/mark.tsx';

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

/** Everything about one app: why it stands as it does, what it waits for, what follows it, and what a person can do. */
export function AppPanel({ line, address, ...rest }: PanelProps) {
  const { selected: _, ...closed } = address;
  const close = <a href={hrefToNow(closed)}>Close</a>;
  if (line === undefined) return <aside class="panel">This app is in no deployed chain. {close}</aside>;
  const { app, state } = line;
  const part = { app, ...rest };
  return (
    <aside class="panel" aria-labelledby="app">
      <h2 id="app">{app.label}</h2>
      <p>
        <Mark state={state} /> in {app.chains.join(', ')}. {close}
      </p>
      {whyOfApp(app, rest.chains, rest.graph, rest.ledger, rest.ledger.labelOf, rest.now).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <Ticket {...part} />
      <Waits {...part} />
      <Follows {...part} />
      <IfItFailed {...part} />
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

function Ticket({ app, ledger }: PartProps) {
  const id = ledger.of('app').get(appStateId(app))?.failing?.ticket;
  if (id === undefined) return null;
  const ticket = ledger.of('ticket').get(id);
  const { state, owner, tags } = foldActs(ticket ?? { _id: id }, [...ledger.of('act').values()]);
  const words = [state, owner === undefined ? 'nobody has it' : `${owner} has it`, ...tags];
  return (
    <p>
      <a href={hrefTo('tickets', [id])}>Its ticket</a>: {words.join(', ')}.
    </p>
  );
}

/** The links by which the app waits for several others, and which of these have ended. */
function Waits({ app, graph, ledger, now }: PartProps) {
  const joins = joinsOfApp(app, graph, ledger);
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

const SHOWN_RELOADS = 5;

function LastReloads({ app, ledger, now }: PartProps) {
  const runOf = new Map(ledger.runs.value.flatMap(({ root, events }) => events.map(({ _id }) => [_id, root] as const)));
  const ends = [...ledger.of('event').values()]
    .filter((event) => appKey(event) === app.key)
    .sort((a, b) => b.endedAt - a.endedAt)
    .slice(0, SHOWN_RELOADS);
  return (
    <>
      <h3>Last reloads</h3>
      {ends.length === 0 && <p>None on this device.</p>}
      <ul>
        {ends.map((event) => (
          <li key={event._id}>
            <Mark state={nodeState({ event })} />{' '}
            <a href={hrefTo('runs', [runOf.get(event._id) ?? event._id])}>
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
