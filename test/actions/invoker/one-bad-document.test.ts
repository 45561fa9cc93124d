import { expect } from 'chai';
import { invokePlan } from '../../../actions/invoker/invoke-plan.ts';
import { minuteBudget } from '../../../actions/invoker/minute-budget.ts';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { CouchPort, NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { alertRefusals } from '../../../src/ledger/alert-refusals.ts';
import { installLedger } from '../../../src/ledger/install-ledger.ts';
import { commands, contextOf } from '../../cli/ledger/ledger-of.ts';

const NOW = Date.parse('2026-11-22T02:00:00Z') as EpochMs;
const WEEK = 604_800_000 as DurationMs;
const LOG = { debug() {}, info() {}, warn() {}, error() {} };
interface Started {
  readonly request: { readonly created: { readonly _id: string } };
}

const NO_CHAINS = { links: {}, apps: {} };

let embedded: EmbeddedStore;
let nextDatabase = 0;

async function ledger(): Promise<CouchPort> {
  nextDatabase += 1;
  const authorization = `Basic ${Buffer.from(`${embedded.user}:${embedded.password}`).toString('base64')}`;
  const admin = { url: embedded.url, database: `ledger${nextDatabase}`, authorization };
  await installLedger({ store: admin, admin });
  const couch = httpCouchdb(admin, { stopwatch: () => performance.now(), timeout: 10_000 as DurationMs });
  return alertRefusals(couch, { traceId: 't1', now: () => NOW, log: LOG });
}

const endOf = (appId: string, reloadId: string) => ({
  ...{ tenant: 'default', appId, reloadId, outcome: 'succeeded', endedAt: NOW - 9_000, partial: false },
});

const orderOf = (appId: string, cause: string, body: object) => ({
  ...{ order: `order:default:${appId}:s:${cause}`, tenant: 'default', appId, body, chain: 'sales' },
  lineage: { cause, hops: 1, root: `event:default:${cause}` },
});

/** The plan of a sweep with two ends. `bad` is one of the two orders of the first end. */
async function planOf(bad: object, store: CouchPort): Promise<Plan> {
  const events = [];
  for (const end of [endOf('a', 'r1'), endOf('x', 'r2')]) {
    const mark = { storedAt: NOW - 5_000, source: 'sweep', traceId: 't0' };
    const document = { _id: `event:default:${end.reloadId}`, schema: 1, type: 'event', ...end, ...mark, dueAt: NOW };
    const written = await store.put(document as NewDocument);
    events.push({ ...end, stored: { ...mark, rev: written.kind === 'stored' ? written.rev : '' } });
  }
  const orders = [orderOf('b', 'r1', {}), orderOf('c', 'r1', bad), orderOf('y', 'r2', { weight: 5 })];
  const plan = {
    traceId: 't1',
    source: 'sweep',
    receivedAt: NOW,
    storeNow: NOW,
    skips: [],
    ignored: [],
    events,
    orders,
  };
  return plan as unknown as Plan;
}

async function invoke(plan: Plan, store: CouchPort): Promise<readonly unknown[]> {
  const started: unknown[] = [];
  await invokePlan(plan, {
    openwhisk: {
      async invoke(action, params) {
        if (action.endsWith('/reload')) started.push((params as Started).request.created._id);
        return { kind: 'accepted', activationId: 'act' };
      },
      limits: async () => undefined,
    },
    packagePath: '/guest/cascade/',
    limits: { invocationsPerMinute: 600, concurrentInvocations: 100 },
    budget: minuteBudget(() => NOW),
    patientUntil: (NOW + 4_000) as EpochMs,
    deadline: (NOW + 120_000) as EpochMs,
    now: () => NOW,
    sleep: async () => {},
    random: () => 0.5,
    ledger: { store, times: timeConstants() },
    log: LOG,
  });
  return started.sort();
}

async function problemsOf(store: CouchPort): Promise<string> {
  const lines: string[] = [];
  const terminal = { write: (text: string) => void lines.push(text), writeError() {}, colored: false };
  await commands.showProblems(contextOf(store, NO_CHAINS, terminal), WEEK);
  return lines.join('');
}

const BAD: readonly (readonly [what: string, body: object, reason: RegExp])[] = [
  ['a variable is half of a character', { variables: { v: 'a\ud800b' } }, /400 \(bad_request: invalid UTF-8 JSON\)/],
  ['a variable’s name is', { variables: { '\udfff': 'v' } }, /400 \(bad_request: invalid UTF-8 JSON\)/],
  ['it has more than 8,000,000 bytes', { variables: { v: 'x'.repeat(8_000_000) } }, /413 \(document_too_large/],
];

describe('an order that CouchDB refuses', () => {
  before(async () => {
    embedded = await startStore({ port: 0 });
  });
  after(() => embedded.close());

  for (const [what, body, reason] of BAD) {
    it(`as ${what} keeps back nothing else: all others are stored and started, both ends are done, an alert names it`, async () => {
      const store = await ledger();
      expect(await invoke(await planOf(body, store), store)).to.deep.equal([
        'order:default:b:s:r1',
        'order:default:y:s:r2',
      ]);
      const [first, second, refused] = await store.many([
        'event:default:r1',
        'event:default:r2',
        'order:default:c:s:r1',
      ]);
      expect(first).to.have.property('resolvedAt').that.is.a('number');
      expect(first?.['skips']).to.deep.equal([
        {
          ...{ reason: 'not-stored', tenant: 'default', appId: 'a', reloadId: 'r1', chain: 'sales' },
          ...{ target: { tenant: 'default', appId: 'c' }, order: 'order:default:c:s:r1' },
        },
      ]);
      expect(second).to.have.property('resolvedAt').that.is.a('number');
      expect(second?.['skips']).to.deep.equal([]);
      expect(refused).to.equal(undefined);
      // Nothing is left for the next sweep but what is started, the record of the ends, and the alert that people hear
      // of.
      const far = (NOW + 86_400_000 * 3_650) as EpochMs;
      const { documents } = await store.due({ from: 0 as EpochMs, until: far, limit: 10 });
      expect(documents.map(({ _id }) => _id).sort()).to.deep.equal([
        'alert:not-stored:order:default:c:s:r1',
        'event:default:r1',
        'event:default:r2',
        'order:default:b:s:r1',
        'order:default:y:s:r2',
      ]);
      const [alert] = await store.many(['alert:not-stored:order:default:c:s:r1']);
      expect(alert?.['message']).to.match(reason);
      const printed = await problemsOf(store);
      expect(printed).to.match(/alert not-stored {2}CouchDB answered 4.*order:default:c:s:r1/);
      expect(printed).to.match(reason);
    });
  }
});
