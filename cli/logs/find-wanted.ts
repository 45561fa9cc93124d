/*
 * `cascade logs <id>` prints log lines. This file finds out what the id means: a run (everything that followed from one
 * first event, the end of a reload), an order in it (a reload that Cascade owes), or a trace (the work that one
 * webhook, or another start, caused). So the command knows which lines to look for, and from which times.
 */

import type { LogsPort } from '../../src/clients/openwhisk/activations-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { readLogLine, traceIdOf } from '../../src/core/logs/log-line.ts';
import { type Wanted, wantedOf, wantedOfOrder, wantedOfTraces } from '../../src/core/logs/wanted-lines.ts';
import type { OrderFact } from '../../src/core/runs/facts.ts';
import type { Run } from '../../src/core/runs/group-runs.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { LedgerContext } from '../ledger/ledger-command.ts';
import { readRunsOf } from '../ledger/read-run.ts';
import type { Patiently } from './patiently.ts';

/** What a person asks for. */
export interface FoundWanted {
  readonly kind: 'run' | 'order' | 'trace';
  /** How to recognise the log lines, and from which times they can be. */
  readonly wanted: Wanted;
  /** Sentences about what the ledger could not give. */
  readonly missing: readonly string[];
}

/**
 * The id of an activation, such as `0af7651916cd43dd8448eb211c80319c`. Until an activation knows its trace id, its log
 * lines have this id in its place.
 */
const ACTIVATION_ID = /^[0-9a-f]{32}$/;

/**
 * Finds out from the ledger (Cascade's memory in CouchDB) which log lines belong to a run, an order or a trace. If the
 * ledger has no event and no order of it, the id may be that of an activation: a webhook that was refused or ignored
 * leaves neither.
 *
 * @throws CascadeError PARAMETERS_INVALID if neither the ledger nor the host knows the id; STORE_UNAVAILABLE,
 *   STORE_REFUSED, OPENWHISK_UNREACHABLE, OPENWHISK_REFUSED.
 */
export async function findWanted(
  text: string,
  { store, now }: Pick<LedgerContext, 'store' | 'now'>,
  host: LogsPort,
  patiently: Patiently,
): Promise<FoundWanted> {
  const { runs, missing } = await readRunsOf(store, text);
  const run = runs.find((each) => isIdOf(text, each));
  if (run !== undefined) return { ...wantedIn(run, text, now()), missing };
  // If no document has the id, `runs` are the latest runs. The id may be the trace id of one of their documents.
  const traced = {
    events: runs.flatMap(({ events }) => events.filter(({ traceId }) => traceId === text)),
    orders: runs.flatMap(({ orders }) => orders.filter(({ traceId }) => traceId === text)),
  };
  if (traced.events.length + traced.orders.length > 0) {
    const wanted = { ...wantedOf(traced, now()), traceIds: new Set([text]), ids: new Set<string>() };
    return { kind: 'trace', wanted, missing };
  }
  const wanted = ACTIVATION_ID.test(text) ? await wantedOfActivation(text, now(), host, patiently) : undefined;
  if (wanted !== undefined) return { kind: 'trace', wanted, missing };
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `Neither the ledger nor the OpenWhisk host has "${text}". Give the id of a run or an order, as cascade runs prints them, or a trace id, as each log line has it. A purge removes old runs, and hosts keep activations for some days at most.`,
  );
}

const isIdOf = (text: string, { root, events, orders }: Run): boolean =>
  root === text || [...events, ...orders].some(({ _id, reloadId }) => _id === text || reloadId === text);

/** The id of an order means this order alone. Any other id of the run means the whole run. */
function wantedIn(run: Run, text: string, now: EpochMs): Pick<FoundWanted, 'kind' | 'wanted'> {
  const order = run.orders.find(({ _id }) => _id === text);
  if (order === undefined) return { kind: 'run', wanted: wantedOf(run, now) };
  return { kind: 'order', wanted: wantedOfOrder(order, endsOf(order, run), now) };
}

const endsOf = ({ tenant, ends, reloadId }: OrderFact, { events }: Run) =>
  events.filter((event) => event.tenant === tenant && (ends.includes(event.reloadId) || event.reloadId === reloadId));

/** The lines of the traces of an activation. A sequence writes no lines itself, so its parts' traces count. */
async function wantedOfActivation(
  id: string,
  now: EpochMs,
  host: LogsPort,
  patiently: Patiently,
): Promise<Wanted | undefined> {
  const activation = await patiently(() => host.activation(id));
  if (activation === undefined) return undefined;
  const parts = activation.isSequence ? activation.logs : [];
  const logs = [activation.isSequence ? [] : activation.logs];
  for (const part of parts) logs.push((await patiently(() => host.logs(part))) ?? []);
  const traceIds = logs.flat().flatMap((line) => traceIdOf(readLogLine(line)) ?? []);
  return wantedOfTraces([...traceIds, id, ...parts], activation.start, now);
}
