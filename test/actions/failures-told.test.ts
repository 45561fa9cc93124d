import { expect } from 'chai';
import { notify } from '../../actions/notifier/notify.ts';
import { storeEnds } from '../../actions/storer/store-ends.ts';
import { rebuild } from '../../cli/ledger/rebuild/rebuild.ts';
import { showProblems } from '../../cli/ledger/show-problems.ts';
import { showWhy } from '../../cli/ledger/show-why.ts';
import { showTicket } from '../../cli/tickets/show-ticket.ts';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { ApplyContext } from '../../src/core/desk/apply-end-to-app.ts';
import type { SlackMessage } from '../../src/core/desk/slack-message.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { days, type EpochMs } from '../../src/core/units.ts';
import { contextOf } from '../cli/ledger/ledger-of.ts';
import { memoryCouch } from '../support/memory-couch.ts';
import { CHAINS } from './notifier/support/notifier-world.ts';
import { ORDER, planned } from './reload/support/ledger-world.ts';

const T = Date.parse('2027-01-15T08:00:00Z') as EpochMs;
const MINUTE = 60_000;
const TOO_LONG = 'ran longer than its timeout (2 min), and Cascade canceled it';
const DISK = { code: 'E2', message: 'Disk full.' };

/** The end of a reload of the app a, so many minutes after T. */
const end = (reloadId: string, minute: number, more: object): ReloadFinished =>
  ({
    ...{ tenant: 'default', appId: 'a', reloadId, outcome: 'failed', endedAt: T + minute * MINUTE, partial: false },
    ...more,
  }) as ReloadFinished;

const eventOf = (ended: ReloadFinished): NewDocument => ({
  ...{ _id: `event:default:${ended.reloadId}`, schema: 1, type: 'event', ...ended },
  ...{ source: 'webhook', traceId: 't1', storedAt: ended.endedAt, resolvedAt: ended.endedAt, skips: [] },
  dueAt: ended.endedAt + MINUTE,
});

/** The order of the reload r1. The sweep has asked Qlik to cancel the reload, because it ran longer than 2 minutes. */
const order: NewDocument = {
  ...planned,
  ...{ state: 'posted', claims: 1, owner: 'act1', reloadId: 'r1', isCertain: true, postedAt: T - 3 * MINUTE },
  ...{ policy: { timeout: 2 * MINUTE }, cancelRequestedAt: { r1: T - MINUTE } },
};
const CANCELED = end('r1', 0, { outcome: 'canceled', orderId: ORDER });

/** A ledger with the action storer, which hands over to the notifier, and the commands that people type. */
function desk(...documents: readonly NewDocument[]) {
  let at = T;
  const store = memoryCouch(() => at);
  store.seed(...documents);
  const messages: string[] = [];
  const clocks = { now: () => at, deadline: (T + days(1)) as EpochMs };
  const log = { info() {}, warn() {}, error: (message: string) => expect.fail(message) };
  const taken = { kind: 'taken', message: 'it answered 200' } as const;
  const channels = [{ name: 'ops', slack: 'https://hooks.example/ops' }] as never;
  const send = {
    async toSlack(_: string, { blocks }: SlackMessage) {
      const [block] = blocks;
      messages.push(block?.type === 'section' ? block.text.text : '');
      return taken;
    },
    toBot: async () => taken,
  };
  const routes = { failed: ['ops'], recovered: ['ops'] } as unknown as ApplyContext['routes'];
  /** Records ends. Unless the notifier is `silent`, it runs then, as in the sequence `record`. */
  const record = async (ends: readonly ReloadFinished[], silent = false): Promise<void> => {
    at = Math.max(...ends.map(({ endedAt }) => endedAt)) as EpochMs;
    store.seed(...ends.map(eventOf));
    const recordPorts = { store, links: CHAINS.links, routesOf: () => routes, times: timeConstants(1), log, ...clocks };
    await storeEnds({ traceId: 't1', events: ends }, { ...recordPorts, sleep: async () => {}, random: () => 0.5 });
    if (silent) return;
    const debtors = { traceId: 't1', documents: ['app:default:a'] };
    const sendPorts = { store, channels, send, chains: CHAINS, traceId: 't1', stopwatch: () => 0, log, ...clocks };
    await notify(debtors, sendPorts);
  };
  const terminal = { write() {}, writeError() {}, colored: false };
  const context = () => contextOf(store, CHAINS, terminal);
  const told = async () => ({
    ticket: (await showTicket(context(), 'r1')).lines.find((line) => line.startsWith('  error'))?.slice(13),
    failed: (await showTicket(context(), 'r1')).lines.find((line) => line.startsWith('  failed'))?.slice(13),
    problem: (await showProblems(context(), days(7))).lines.find((line) => line.includes('  failing  ')),
    why: (await showWhy(context(), 'sales/a')).lines[0],
  });
  const differences = async () => ((await rebuild(context(), false)).json as { differences: unknown }).differences;
  return { store, messages, record, told, differences };
}

const HEAD = ':red_circle: App a failed (chain sales)';
const TAIL = 'Waits behind it: App b, App c';
const since = 'since 2027-01-15 08:00:00Z';
const problem = (times: string, why: string) => `App a has failed ${times}: ${why} (ticket:reload:default:r1)`;

describe('what people are told of a failure, from the storer to the message and the commands', () => {
  it('is that Cascade canceled the reload, if it ran longer than its timeout', async () => {
    const { messages, record, told, differences, store } = desk(order);
    await record([CANCELED]);
    expect(messages).to.deep.equal([`${HEAD}\nTIMED_OUT: It ${TOO_LONG}\n${TAIL}`]);
    expect(await told()).to.deep.equal({
      ticket: `It ${TOO_LONG}`,
      failed: `once, ${since}`,
      problem: `2027-01-15 08:00:00Z  failing  ${problem(`1 time ${since}`, `It ${TOO_LONG}`)}`,
      why: `App a last ended at 2027-01-15 08:00:00Z: ${TOO_LONG}. App a was started by Cascade; the ledger no longer has what called for it.`,
    });
    expect(store.peek('app:default:a')).to.have.nested.property('failing.error.code', 'TIMED_OUT');
    expect(await differences()).to.deep.equal([]);
  });

  it('is after a second failure why that one failed, and after one without an error that Qlik gave none', async () => {
    const { record, told, differences } = desk(order);
    await record([CANCELED]);
    await record([end('r2', 10, { error: DISK })]);
    const second = await told();
    expect(second).to.include({ ticket: 'Disk full.', failed: `2 times, last at 2027-01-15 08:10:00Z, ${since}` });
    expect(second.problem).to.contain(problem(`2 times ${since}, last at 2027-01-15 08:10:00Z`, 'Disk full.'));
    // Nobody takes a canceled reload for a failure.
    await record([end('r3', 15, { outcome: 'canceled' })]);
    expect(await told()).to.include({ ticket: second.ticket, failed: second.failed, problem: second.problem });
    await record([end('r4', 20, {})]);
    const third = await told();
    expect(third).to.include({ ticket: 'Qlik did not say why.' });
    expect(third.problem).to.contain(': Qlik did not say why. (ticket:reload:default:r1)');
    expect(await differences()).to.deep.equal([]);
  });

  it('is in a message that leaves later the last error, or that Qlik gave none', async () => {
    for (const [error, words] of [
      [DISK, 'E2: Disk full.'],
      [undefined, 'Qlik did not say why.'],
    ] as const) {
      const { messages, record } = desk(order);
      await record([CANCELED], true);
      await record([end('r2', 10, { ...(error && { error }) })], true);
      await record([end('r3', 15, { outcome: 'canceled' })]);
      expect(messages).to.deep.equal([`${HEAD}\n${words}\n${TAIL}`]);
    }
  });

  it('is never the error of an earlier failure, if a storer of the version before has counted the last one', async () => {
    const { store, record, told, messages } = desk(order);
    await record([CANCELED], true);
    // It keeps the fields that it does not know.
    const app = store.peek('app:default:a') as NewDocument & { failing: object };
    const failing = { ...app.failing, times: 2, lastFailedAt: T + 5 * MINUTE };
    const last = end('r2', 5, {});
    store.seed(eventOf(last), { ...app, last, decided: { endedAt: last.endedAt, reloadId: 'r2' }, failing });
    const ticket = store.peek('ticket:reload:default:r1') as NewDocument;
    store.seed({ ...ticket, times: 2, lastFailedAt: T + 5 * MINUTE });
    await record([end('r3', 15, { outcome: 'canceled' })]);
    expect(messages).to.deep.equal([`${HEAD}\nQlik did not say why.\n${TAIL}`]);
    const { problem: failed, ...rest } = await told();
    expect(rest).to.include({ ticket: 'The ledger does not say why.' });
    expect(failed).to.contain(': Qlik did not say why. (ticket:reload:default:r1)');
    // The next failure puts it right.
    await record([end('r4', 20, { error: DISK })]);
    expect(await told()).to.include({ ticket: 'Disk full.' });
  });
});
