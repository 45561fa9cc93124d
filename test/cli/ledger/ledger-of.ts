import { cancelAll } from '../../../cli/ledger/cancel-all.ts';
import { cancelOrder } from '../../../cli/ledger/cancel-order.ts';
import { describeLedger } from '../../../cli/ledger/describe-ledger.ts';
import { type LedgerContext, type LedgerReport, labelsOf } from '../../../cli/ledger/ledger-command.ts';
import { listRuns } from '../../../cli/ledger/list-runs.ts';
import { purge } from '../../../cli/ledger/purge.ts';
import { dismissDeadLetter, replay } from '../../../cli/ledger/replay.ts';
import { showProblems } from '../../../cli/ledger/show-problems.ts';
import { showRun } from '../../../cli/ledger/show-run.ts';
import { showWhy } from '../../../cli/ledger/show-why.ts';
import { type ExitCode, guarded, printReport, type Terminal } from '../../../cli/terminal.ts';
import { showTicket } from '../../../cli/tickets/show-ticket.ts';
import { showTickets } from '../../../cli/tickets/show-tickets.ts';
import type { CouchPort, NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { PurgePort } from '../../../src/clients/couchdb/purge-port.ts';
import type { ChainApp, CompiledChains, Link } from '../../../src/core/link.ts';
import type { AppId, AppKey, ChainName, TenantName } from '../../../src/core/names.ts';
import { paintsOf } from '../../../src/core/paint.ts';
import { days, type EpochMs } from '../../../src/core/units.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';

/** An instant of 22 November 2026, `hh:mm` or `hh:mm:ss`, UTC. */
export const at = (time: string): EpochMs => Date.parse(`2026-11-22T${time.padEnd(8, ':00')}Z`) as EpochMs;

/** The store's clock in these tests. */
export const NOW = at('02:00');

const app = (appId: string) => ({ tenant: 'default' as TenantName, appId: appId as AppId });

const chainApp = (appId: string, label: string): [AppKey, ChainApp] => [
  `default/${appId}`,
  { ...app(appId), label, names: [`nightly/${label.toLowerCase()}`] },
];

const link = (after: string, target: string, on: Link['on'] = 'succeeded'): Link => ({
  chain: 'nightly' as ChainName,
  after: app(after),
  on,
  target: app(target),
  clause: 's',
  body: {},
  paused: false,
});

/** extract → transform → report, and extract failed → repair. */
export const CHAINS: CompiledChains = {
  links: {
    'default/extract': [link('extract', 'transform'), link('extract', 'repair', 'failed')],
    'default/transform': [link('transform', 'report')],
  },
  apps: Object.fromEntries([
    chainApp('extract', 'Extract'),
    chainApp('transform', 'Transform'),
    chainApp('report', 'Report'),
    chainApp('repair', 'Repair'),
  ]),
};

/** The document of an end, resolved. */
export const event = (appId: string, reloadId: string, endedAt: EpochMs, more: object = {}): NewDocument => ({
  _id: `event:default:${reloadId}`,
  schema: 1,
  type: 'event',
  ...app(appId),
  reloadId,
  outcome: 'succeeded',
  endedAt,
  partial: false,
  source: 'webhook',
  traceId: 'trace-1',
  storedAt: endedAt,
  resolvedAt: endedAt,
  skips: [],
  ...more,
});

/** The document of an order that a reload's end called for, in the run of event:default:r1. */
export const order = (appId: string, cause: string, createdAt: EpochMs, more: object = {}): NewDocument => ({
  _id: `order:default:${appId}:s:${cause}`,
  schema: 1,
  type: 'order',
  ...app(appId),
  chain: 'nightly',
  state: 'planned',
  body: {},
  causes: [cause],
  hops: 1,
  root: 'event:default:r1',
  traceId: 'trace-1',
  try: 1,
  claims: 0,
  ends: [],
  createdAt,
  ...more,
});

/** The parts of an order whose reload has succeeded. */
export const done = (reloadId: string, postedAt: EpochMs, endedAt: EpochMs) => ({
  state: 'ended',
  outcome: 'succeeded',
  reloadId,
  isCertain: true,
  ends: [reloadId],
  postedAt,
  endedAt,
});

/** The document of an app's last end. */
export const lastEnd = (of: NewDocument): NewDocument => {
  const { tenant, appId, reloadId, outcome, endedAt, partial, startedBy } = of;
  const last = { tenant, appId, reloadId, outcome, endedAt, partial, ...(startedBy !== undefined && { startedBy }) };
  return { _id: `app:${tenant}:${appId}`, schema: 1, type: 'app', last };
};

/** What a command works with, and the terminal on which it prints its report. */
export interface PrintingContext extends LedgerContext {
  readonly terminal: Terminal;
  readonly json: boolean;
}

/** Prints a command's report, as the command line does. */
const printing =
  <A extends readonly unknown[]>(command: (context: LedgerContext, ...args: A) => Promise<LedgerReport>) =>
  async (context: PrintingContext, ...args: A): Promise<ExitCode> =>
    printReport(await command(context, ...args), context.terminal, context.json);

/** The commands. Each prints its report to the terminal of its context, and returns the exit code. */
export const commands = {
  cancelAll: printing(cancelAll),
  cancelOrder: printing(cancelOrder),
  describeLedger: printing(describeLedger),
  dismissDeadLetter: printing(dismissDeadLetter),
  listRuns: printing(listRuns),
  purge: printing(purge),
  replay: printing(replay),
  showProblems: printing(showProblems),
  showRun: printing(showRun),
  showTicket: printing(showTicket),
  showTickets: printing(showTickets),
  showWhy: printing(showWhy),
};

/** A context that prints to `terminal`; its user may write. */
export const contextOf = (
  store: CouchPort & { readonly admin?: PurgePort },
  chains: CompiledChains,
  terminal: Terminal,
  json = false,
): PrintingContext => ({
  database: 'cascade',
  ...{ store, chains, terminal, json, labelOf: labelsOf(chains), now: () => store.now() ?? NOW },
  paints: paintsOf(terminal.colored),
  warn: (sentence) => terminal.writeError(`${sentence}\n`),
  isReader: async () => false,
  whoseUser: 'unknown',
  retention: days(30),
  asPerson: () => store,
  admin: { store, port: store.admin ?? NOT_PURGED, users: store },
  hostOf: () => {
    throw new Error('These tests hand in the host.');
  },
});

const NOT_PURGED: PurgePort = {
  purge: () => Promise.reject(new Error('This store is not purged.')),
  compact: () => Promise.reject(new Error('This store is not compacted.')),
};

/** A ledger with these documents, and what a command writes. */
export interface TriedLedger {
  readonly store: MemoryCouch;
  readonly context: PrintingContext;
  readonly printed: { out: string; error: string };
  /** What was printed with `--json`. */
  readonly json: () => Readonly<Record<string, unknown>>;
}

export function ledgerOf(documents: readonly NewDocument[], { json = false, chains = CHAINS } = {}): TriedLedger {
  const store = memoryCouch(() => NOW);
  store.seed(...documents);
  const printed = { out: '', error: '' };
  const write = (text: string): void => {
    printed.out += text;
  };
  const writeError = (text: string): void => {
    printed.error += text;
  };
  const context = contextOf(store, chains, guarded({ write, writeError, colored: false }), json);
  return { store, context, printed, json: () => JSON.parse(printed.out) };
}

/** The ticket of an app that failed first with this reload. */
export const ticket = (appId: string, reloadId: string, lastFailedAt: EpochMs, more: object = {}): NewDocument => ({
  _id: `ticket:reload:default:${reloadId}`,
  schema: 1,
  type: 'ticket',
  ...app(appId),
  chains: ['nightly'],
  reloadId,
  failedAt: at('01:00'),
  lastFailedAt,
  times: 1,
  waiting: [],
  ...more,
});

let acts = 0;

/** What Ann did to the ticket of this reload. */
export const act = (reloadId: string, when: EpochMs, kind: string, value?: unknown): NewDocument => {
  acts += 1;
  const end = `aaa${String(acts).padStart(3, '0')}`;
  return {
    _id: `act:ticket:reload:default:${reloadId}:${when.toString(36).padStart(9, '0')}:${end}`,
    ...{ schema: 1, type: 'act', by: 'ann', at: when, kind, ...(value !== undefined && { value }) },
  };
};

/** A skip of the extract’s end: its link is on failed. */
export const NOT_MATCHED = {
  reason: 'outcome-not-matched',
  tenant: 'default',
  appId: 'extract',
  reloadId: 'r1',
  chain: 'nightly',
  target: { tenant: 'default', appId: 'repair' },
  on: 'failed',
  outcome: 'succeeded',
};
