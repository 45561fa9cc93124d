import { expect } from 'chai';
import { collectQuestions } from '../../actions/questions-collector/collect-questions.ts';
import { storeQuestion } from '../../actions/questions-storer/store-question.ts';
import { type StackExchange, startStackExchange } from '../../sim/stack-exchange/start-stack-exchange.ts';
import { httpStackExchange } from '../../src/clients/stack-exchange/http-stack-exchange.ts';
import type { ChannelName } from '../../src/core/desk/notice.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { alertRefusals } from '../../src/ledger/alert-refusals.ts';
import { memoryCouch } from '../support/memory-couch.ts';

const T = 1_795_316_220_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ticketId = (id: number) => `ticket:question:stackoverflow:${id}`;

describe('the questions pipeline with the simulated API', () => {
  let sim: StackExchange;
  let now = T;
  beforeEach(async () => {
    now = T;
    sim = await startStackExchange({ now: () => now });
  });
  afterEach(() => sim.close());

  const control = (method: string, path: string, body?: object) =>
    fetch(`${sim.control}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const ask = (question: object) => control('POST', '/questions', question);
  /** When the API was asked so far, in milliseconds after T, and with which result. */
  const calls = async () => {
    const { calls } = (await (await control('GET', '/calls')).json()) as {
      readonly calls: readonly { readonly at: number; readonly status: number }[];
    };
    return calls.map(({ at, status }) => [at - T, status]);
  };

  function pipeline(tags = 'qlik-sense;qlikview') {
    const store = memoryCouch(() => now as EpochMs);
    const api = httpStackExchange({ url: sim.url, site: 'stackoverflow', tags });
    const log = { info() {}, warn() {}, error() {} };
    const sleep = async (ms: number) => {
      now += ms;
    };
    /** Collects, and stores what was collected. @returns what the storer did to each question. */
    const run = async () => {
      const deadline = (now + MINUTE) as EpochMs;
      const ports = { store, traceId: 't1', log, now: () => now as EpochMs, random: () => 0.5, sleep, deadline };
      const did: [number, string][] = [];
      const { questions } = await collectQuestions({ ...ports, api, site: 'stackoverflow' });
      for (const question of questions) {
        const ledger = alertRefusals(store, ports);
        const stored = await storeQuestion(question, { ...ports, store: ledger, channel: 'ops' as ChannelName });
        did.push([question.questionId, stored.did]);
      }
      return did;
    };
    /** Starts the alarm every ten minutes for so many hours. */
    const alarms = async (hours: number) => {
      for (const until = now + hours * HOUR; now < until; now += 10 * MINUTE) await run();
    };
    return { store, run, alarms, stored: () => store.all().filter(({ type }) => type === 'ticket').length };
  }
  /** Questions that were asked one after another, the last of them now. */
  const burst = async (count: number, overMs: number) => {
    const from = now - overMs;
    for (let index = 1; index <= count; index += 1) {
      await ask({ question_id: index, last_activity_date: Math.floor((from + (overMs * index) / count) / 1_000) });
    }
  };

  it('keeps the ticket of a deleted question as it was, and goes on with the others', async () => {
    const { store, run } = pipeline();
    await ask({ question_id: 7, title: 'Why is &quot;Sum&quot; 0? 🎉' });
    expect(await run()).to.deep.equal([[7, 'created']]);
    const before = store.peek(ticketId(7));
    expect(before).to.include({ title: 'Why is "Sum" 0? 🎉' });
    await control('DELETE', '/questions/7');
    now += 10 * MINUTE;
    await ask({ question_id: 8 });
    expect(await run()).to.deep.equal([[8, 'created']]);
    now += 10 * MINUTE;
    expect(await run()).to.deep.equal([]);
    expect(store.peek(ticketId(7))).to.deep.equal(before);
  });

  it('spreads a quota of 5 over the day, and is refused no request', async () => {
    const { run } = pipeline();
    await control('PUT', '/faults', { quota: 5 });
    await ask({ question_id: 7 });
    expect(await run()).to.deep.equal([[7, 'created']]);
    await ask({ question_id: 8 });
    for (; now < T + 55 * HOUR; now += 10 * MINUTE) await run();
    // The waits are 4.8, 6, 8 and 12 hours, each until the next alarm. By then the quota has begun anew.
    const at = (hours: number, minutes: number) => [hours * HOUR + minutes * MINUTE, 200];
    expect(await calls()).to.deep.equal([
      ...[at(0, 0), at(4, 50), at(10, 50), at(18, 50)],
      ...[at(30, 50), at(35, 40), at(41, 40), at(49, 40)],
    ]);
  });

  it('stores 250 questions of four minutes with a quota of 5 within three days', async () => {
    const { alarms, stored } = pipeline();
    await burst(250, 4 * MINUTE);
    await control('PUT', '/faults', { quota: 5 });
    await alarms(12);
    expect(stored()).to.equal(250);
    await ask({ question_id: 999 });
    await alarms(48);
    expect(stored()).to.equal(251);
  });

  it('stores 2,000 questions of four minutes within three hours, and spends no requests on them later', async () => {
    const { alarms, stored } = pipeline();
    await burst(2_000, 4 * MINUTE);
    await control('PUT', '/faults', { failEvery: 10 });
    await alarms(3);
    expect(stored()).to.equal(2_000);
    await alarms(21);
    await ask({ question_id: 9_999 });
    await alarms(1 / 6);
    expect(stored()).to.equal(2_001);
    expect((await calls()).length).to.be.below(220);
  }).timeout(60_000);

  it('stores 2,000 questions of one second within three hours', async () => {
    const { alarms, stored } = pipeline();
    await burst(2_000, 0);
    await control('PUT', '/faults', { failEvery: 10 });
    await alarms(3);
    expect(stored()).to.equal(2_000);
    await alarms(21);
    expect((await calls()).length).to.be.below(220);
  }).timeout(60_000);

  it('is not kept by questions that can never be stored from storing the others', async () => {
    const { store, alarms, stored } = pipeline();
    const { put } = store;
    store.put = async (document) =>
      document._id === ticketId(2)
        ? { kind: 'refused', message: 'CouchDB answered 413', isForGood: true }
        : put(document);
    await ask({ question_id: 0 });
    await ask({ question_id: 1, last_activity_date: 4_000_000_000 });
    await ask({ question_id: 2 });
    for (let id = 3; id <= 252; id += 1) {
      await alarms(1 / 6);
      await ask({ question_id: id });
    }
    await alarms(1);
    // Question 1 and 250 others: not those with the ids 0 and 2.
    expect(stored()).to.equal(251);
    expect(store.peek(`alert:not-stored:${ticketId(2)}`)).to.include({ kind: 'not-stored' });
    const mark = store.peek('questions:stackoverflow');
    expect(mark).not.to.have.property('next');
    expect(mark?.['t']).to.be.within(now - 65 * MINUTE, now);
    expect((await calls()).length).to.equal(256);
  }).timeout(60_000);

  it('keeps away for a backoff of 90 seconds and two more, whatever starts it', async () => {
    const { run } = pipeline();
    await control('PUT', '/faults', { backoff: 90 });
    for (; now <= T + 100_000; now += 1_000) await run();
    expect(await calls()).to.deep.equal([
      [0, 200],
      [92_000, 200],
    ]);
  });

  it('does nothing for a tag without questions', async () => {
    const { store, run } = pipeline('no-question-has-this-tag');
    await ask({ question_id: 7 });
    expect(await run()).to.deep.equal([]);
    expect(store.all().map(({ _id }) => _id)).to.deep.equal(['questions:stackoverflow']);
    expect(await calls()).to.deep.equal([[0, 200]]);
  });
});
