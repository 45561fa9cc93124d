import { expect } from 'chai';
import { collectQuestions } from '../../../actions/questions-collector/collect-questions.ts';
import type { QuestionsAnswer, QuestionsWanted } from '../../../src/clients/stack-exchange/questions-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { raiseAlert } from '../../../src/ledger/raise-alert.ts';
import { memoryCouch } from '../../support/memory-couch.ts';

const T = 1_795_316_220_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const MARK = 'questions:stackoverflow';

type Listed = Extract<QuestionsAnswer, { kind: 'listed' }>;

/** A question that was active so long before T. */
const asked = (questionId: number, agoMs: number, more: object = {}) => ({
  ...{ site: 'stackoverflow', questionId, title: `Question ${questionId}`, link: '', tags: ['qlik-sense'], answers: 0 },
  ...{ isAnswered: false, isAccepted: false, score: 0, createdAt: T - DAY, activeAt: T - agoMs },
  ...more,
});

/** A site with these questions, of which a page holds `pageSize`. */
function world(pageSize = 100) {
  const passed = { ms: 0 };
  const now = () => (T + passed.ms) as EpochMs;
  const store = memoryCouch(now);
  const wants: QuestionsWanted[] = [];
  const timeouts: number[] = [];
  const warnings: string[] = [];
  /** For each run, until when the invoker may start its questions, in milliseconds after T. */
  const untils: number[] = [];
  /** How long each request takes. */
  const slow = { ms: 0 };
  const site = new Map<number, ReturnType<typeof asked>>();
  const answers: QuestionsAnswer[] = [];
  let more: Partial<Listed> = {};
  const list = async (wanted: QuestionsWanted, timeout: number): Promise<QuestionsAnswer> => {
    wants.push(wanted);
    timeouts.push(timeout);
    passed.ms += slow.ms;
    if (answers.length > 0) return answers.shift() ?? Promise.reject(new Error('The container died.'));
    const found = [...site.values()].filter(({ activeAt }) => activeAt >= Math.floor(wanted.since / 1_000) * 1_000);
    found.sort((a, b) => a.activeAt - b.activeAt || a.questionId - b.questionId);
    const to = wanted.page * pageSize;
    const questions = found.slice(to - pageSize, to) as unknown as Listed['questions'];
    return { kind: 'listed', questions, hasMore: to < found.length, quotaLeft: 300, ...more };
  };
  const errors: string[] = [];
  const log = {
    info() {},
    error: (message: string) => void errors.push(message),
    warn: (message: string) => void warnings.push(message),
  };
  return {
    ...{ store, wants, timeouts, warnings, errors, answers, slow, untils },
    pass: (ms: number) => {
      passed.ms += ms;
    },
    answerWith: (given: Partial<Listed>) => {
      more = given;
    },
    ask: (...questions: readonly ReturnType<typeof asked>[]) => {
      for (const each of questions) site.set(each.questionId, each);
    },
    /** The storer stores what the collector passes on. */
    storeAs: (id: number) => {
      const question = { ...site.get(id), seenAt: now() };
      const _id = `ticket:question:stackoverflow:${id}`;
      const old = store.peek(_id);
      store.seed({ ...(old && { _rev: '2-a' }), _id, schema: 1, type: 'ticket', ...question, notices: [] });
    },
    /** The storer's store does this if CouchDB refuses the ticket. */
    refuse: (id: number) => {
      const about = { kind: 'not-stored', subject: `ticket:question:stackoverflow:${id}`, message: '413' } as const;
      return raiseAlert(store, { ...about, traceId: 't1', at: now() }, log);
    },
    run: async () => {
      const ports = { store, api: { list }, site: 'stackoverflow', log, now, random: () => 0.5 };
      const sleep = async (ms: number) => {
        passed.ms += ms;
      };
      const collected = await collectQuestions({ ...ports, sleep, deadline: (now() + MINUTE) as EpochMs });
      untils.push(collected.until - T);
      return collected.questions.map(({ questionId }) => questionId);
    },
  };
}

describe('the questions collector', () => {
  it('takes up the questions of the last day first, the longest inactive first', async () => {
    const { ask, run, wants, store } = world();
    ask(asked(1, 2 * MINUTE), asked(2, 20 * MINUTE), asked(3, DAY + 10 * MINUTE));
    expect(await run()).to.deep.equal([2, 1]);
    expect(wants).to.deep.equal([{ since: T - DAY - 5 * MINUTE, page: 1 }]);
    expect(store.peek(MARK)).to.include({ t: T - DAY, askedAt: T, notBefore: T + MINUTE });
  });

  it('passes on what no ticket shows yet, and so makes up for a lost activation', async () => {
    const { ask, run, storeAs, pass, store } = world();
    ask(asked(1, 30 * MINUTE), asked(2, 20 * MINUTE), asked(3, 10 * MINUTE));
    expect(await run()).to.deep.equal([1, 2, 3]);
    storeAs(1);
    storeAs(3);
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([2]);
    expect(store.peek(MARK)?.['t']).to.equal(T - 30 * MINUTE);
    storeAs(2);
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([]);
    expect(store.peek(MARK)?.['t']).to.equal(T - 10 * MINUTE);
  });

  it('passes questions on, and says so in the log, if CouchDB refuses to note how far it has come', async () => {
    const { ask, run, store, errors } = world();
    ask(asked(1, 30 * MINUTE));
    const { put } = store;
    let puts = 0;
    store.put = async (document) => {
      puts += 1;
      return puts === 1 ? put(document) : { kind: 'refused', message: 'CouchDB answered 413', isForGood: true };
    };
    expect(await run()).to.deep.equal([1]);
    expect(errors).to.deep.equal([
      'CouchDB refuses the document questions:stackoverflow: CouchDB answered 413. Writing it again does not help.',
    ]);
  });

  it('passes on a question that has changed, and none that is listed late and older than its ticket', async () => {
    const { ask, run, storeAs, pass } = world();
    ask(asked(1, 3 * MINUTE), asked(2, 2 * MINUTE), asked(3, MINUTE));
    for (const id of [1, 2, 3]) storeAs(id);
    ask(asked(1, 0, { answers: 1 }), asked(2, 2 * MINUTE, { score: 5 }), asked(3, 90_000, { answers: 9 }));
    pass(1_000);
    expect(await run()).to.deep.equal([2, 1]);
  });

  it('passes over a question that CouchDB refuses, as an alert says, until somebody changes it', async () => {
    const { ask, run, storeAs, refuse, pass, store } = world();
    ask(asked(1, 40 * MINUTE), asked(2, 30 * MINUTE), asked(3, 20 * MINUTE));
    storeAs(1);
    expect(await run()).to.deep.equal([2, 3]);
    storeAs(3);
    await refuse(2);
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([]);
    expect(store.peek(MARK)?.['t']).to.equal(T - 20 * MINUTE);
    ask(asked(2, -5 * MINUTE, { answers: 1 }));
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([2]);
    // An alert is written at most once an hour. Until it is written again, each list passes the question on.
    await refuse(2);
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([2]);
    pass(30 * MINUTE);
    await refuse(2);
    pass(MINUTE);
    expect(await run()).to.deep.equal([]);
  });

  it('passes a question on in each list, as long as neither a ticket nor an alert shows it', async () => {
    const { ask, run, storeAs, pass, store } = world();
    ask(asked(2, 30 * MINUTE), asked(3, 20 * MINUTE));
    for (let list = 1; list <= 8; list += 1) {
      expect(await run()).to.deep.equal([2, 3]);
      pass(10 * MINUTE);
    }
    storeAs(3);
    for (let list = 1; list <= 8; list += 1) {
      expect(await run()).to.deep.equal([2]);
      pass(10 * MINUTE);
    }
    expect(store.peek(MARK)?.['t']).to.equal(T - DAY);
  });

  it('passes on what is asked later, although a question has a date in the future', async () => {
    const { ask, run, storeAs, pass, store } = world();
    ask(asked(1, -10 * DAY));
    expect(await run()).to.deep.equal([1]);
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([1]);
    storeAs(1);
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([]);
    expect(store.peek(MARK)?.['t']).to.equal(T + 20 * MINUTE);
    ask(asked(2, -25 * MINUTE));
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([2]);
  });

  it('begins with the last day if an earlier version noted an activity in the future', async () => {
    const { run, store, wants } = world();
    store.seed({ _id: MARK, schema: 1, type: 'questions', t: T + DAY, askedAt: T - DAY });
    await run();
    expect(wants).to.deep.equal([{ since: T - DAY - 5 * MINUTE, page: 1 }]);
  });

  it('asks at most once a minute, also if two run at once', async () => {
    const { ask, run, pass, wants, store } = world();
    ask(asked(1, MINUTE));
    store.intrude('put', () => store.seed({ _id: MARK, schema: 1, type: 'questions', t: T - DAY, askedAt: T }));
    expect(await run()).to.deep.equal([]);
    pass(59_999);
    expect(await run()).to.deep.equal([]);
    expect(wants).to.deep.equal([]);
    pass(1);
    expect(await run()).to.deep.equal([1]);
  });

  it('obeys a backoff of 90 seconds, which another activation keeps to', async () => {
    const { answerWith, run, pass, wants, store } = world();
    answerWith({ pause: 92_000 as never, hasMore: true });
    await run();
    expect(store.peek(MARK)).to.include({ notBefore: T + 92_000 });
    pass(91_999);
    await run();
    expect(wants).to.have.length(1);
    pass(1);
    await run();
    expect(wants).to.have.length(2);
  });

  it('waits five minutes if the run before died: nobody knows which pause the API wanted', async () => {
    const { run, pass, wants, store, answers } = world();
    answers.push(undefined as never);
    await run().catch(() => {});
    expect(store.peek(MARK)).to.include({ askedAt: T, notBefore: T + 5 * MINUTE });
    pass(5 * MINUTE - 1);
    await run();
    expect(wants).to.have.length(1);
    pass(1);
    await run();
    expect(wants).to.have.length(2);
  });

  it('spreads a quota of 5 over a day', async () => {
    const { answerWith, run, pass, wants, store } = world();
    const waits: number[] = [];
    for (const quotaLeft of [4, 3, 2, 1, 0]) {
      answerWith({ quotaLeft, hasMore: true });
      await run();
      const wait = Number(store.peek(MARK)?.['notBefore']) - Number(store.peek(MARK)?.['askedAt']);
      waits.push(wait / 3_600_000);
      pass(wait);
    }
    expect(wants).to.have.length(5);
    expect(waits).to.deep.equal([4.8, 6, 8, 12, 24]);
  });

  it('asks on if the API does not say what the quota has left', async () => {
    const { answerWith, ask, run, wants, store } = world(1);
    ask(asked(1, 2 * MINUTE), asked(2, MINUTE));
    answerWith({ quotaLeft: undefined } as never);
    expect(await run()).to.deep.equal([1, 2]);
    expect(wants.length).to.be.greaterThan(1);
    expect(store.peek(MARK)?.['notBefore']).to.be.below(T + 2 * MINUTE);
  });

  it('does not ask while the invoker passes on the last questions: 28 a minute', async () => {
    const { ask, run, pass, wants, store } = world();
    for (let id = 1; id <= 300; id += 1) ask(asked(id, (400 - id) * 1_000));
    expect(await run()).to.have.length(250);
    const notBefore = Number(store.peek(MARK)?.['notBefore']);
    expect(notBefore - T).to.be.within(9 * MINUTE, 9 * MINUTE + 1_000);
    const requests = wants.length;
    pass(9 * MINUTE - 1_000);
    expect(await run()).to.deep.equal([]);
    expect(wants).to.have.length(requests);
  });

  it('gives the invoker a minute for 28 questions, up to a full minute, from which on the next run may begin', async () => {
    const { ask, run, pass, store, untils } = world();
    for (let id = 1; id <= 28; id += 1) ask(asked(id, id * 1_000));
    for (const [ms, until] of [
      [29_999, MINUTE],
      [2 * MINUTE + 1 - MINUTE / 2, 3 * MINUTE],
      [2 * MINUTE + MINUTE / 2, 6 * MINUTE],
    ] as const) {
      pass(ms);
      expect(await run()).to.have.length(28);
      expect(store.peek(MARK)?.['notBefore']).to.equal(T + until);
      expect(untils.at(-1)).to.equal(until);
    }
  });

  it('begins each page where the last one ended, and goes by page number within one instant', async () => {
    const { ask, run, wants } = world(2);
    ask(asked(1, 9 * MINUTE), asked(2, 8 * MINUTE), asked(3, 8 * MINUTE), asked(4, 8 * MINUTE), asked(5, 7 * MINUTE));
    expect(await run()).to.deep.equal([1, 2, 3, 4, 5]);
    expect(wants.slice(1)).to.deep.equal([
      { since: T - 8 * MINUTE, page: 1 },
      { since: T - 8 * MINUTE, page: 2 },
    ]);
  });

  it('gives nothing for a tag without questions, and begins the next list 65 minutes before this one', async () => {
    const { run, pass, wants } = world();
    expect(await run()).to.deep.equal([]);
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([]);
    expect(wants.map(({ since }) => since)).to.deep.equal([T - DAY - 5 * MINUTE, T - 65 * MINUTE]);
  });

  it('goes on where a list was broken off, and begins the next list before what the ledger does not have', async () => {
    const { ask, run, storeAs, pass, wants, store, answerWith } = world(2);
    ask(asked(1, 50 * MINUTE), asked(2, 40 * MINUTE), asked(3, 30 * MINUTE), asked(4, 20 * MINUTE));
    storeAs(1);
    answerWith({ pause: MINUTE as never });
    expect(await run()).to.deep.equal([2]);
    const begun = { begunAt: T, isWhole: false };
    expect(store.peek(MARK)?.['next']).to.deep.equal({ since: T - 40 * MINUTE, page: 1, ...begun });
    pass(MINUTE);
    expect(await run()).to.deep.equal([2, 3]);
    expect(store.peek(MARK)?.['next']).to.deep.equal({ since: T - 30 * MINUTE, page: 1, ...begun });
    for (const id of [2, 3]) storeAs(id);
    pass(MINUTE);
    expect(await run()).to.deep.equal([4]);
    expect(store.peek(MARK)).not.to.have.property('next');
    expect(store.peek(MARK)?.['t']).to.equal(T - 50 * MINUTE);
    // The activation of question 4 is lost. So the next list begins anew, and shows that the others are stored.
    answerWith({});
    pass(10 * MINUTE);
    expect(await run()).to.deep.equal([4]);
    expect(wants[3]).to.deep.equal({ since: T - 55 * MINUTE, page: 1 });
    expect(store.peek(MARK)?.['t']).to.equal(T - 30 * MINUTE);
  });

  it('goes on at the same page if the API fails, and notes how far the ledger has the questions', async () => {
    const { ask, run, storeAs, pass, wants, store, answers } = world(2);
    for (const id of [1, 2, 3]) {
      ask(asked(id, (40 - id * 10) * MINUTE));
      storeAs(id);
    }
    const questions = [asked(1, 30 * MINUTE), asked(2, 20 * MINUTE)];
    answers.push({ kind: 'listed', questions, hasMore: true, quotaLeft: 300 } as unknown as Listed);
    answers.push({ kind: 'later', wait: MINUTE as never, message: '500' });
    await run();
    expect(store.peek(MARK)).to.deep.include({
      t: T - 20 * MINUTE,
      next: { since: T - 20 * MINUTE, page: 1, begunAt: T, isWhole: true },
    });
    pass(2 * MINUTE);
    await run();
    expect(wants.slice(2)).to.deep.equal([{ since: T - 20 * MINUTE, page: 1 }]);
    expect(store.peek(MARK))
      .to.include({ t: T - 10 * MINUTE })
      .and.not.have.property('next');
  });

  it('passes on 250 questions of a list, and the others of the same page in the next run', async () => {
    const { ask, run, storeAs, pass, wants } = world();
    for (let id = 1; id <= 320; id += 1) ask(asked(id, (400 - id) * 1_000));
    const first = await run();
    expect([first.length, first.at(-1)]).to.deep.equal([250, 250]);
    for (const id of first) storeAs(id);
    pass(10 * MINUTE);
    const second = await run();
    expect([second.length, second[0], second.at(-1)]).to.deep.equal([70, 251, 320]);
    expect(wants[3]).to.deep.equal(wants[2]);
  });

  it('goes no further than the beginning of the list, because what became active later may be listed late', async () => {
    const { ask, run, storeAs, store } = world();
    for (const [id, agoMs] of [
      [1, 10 * MINUTE],
      [2, -3 * MINUTE],
    ] as const) {
      ask(asked(id, agoMs));
      storeAs(id);
    }
    await run();
    expect(store.peek(MARK)).to.include({ t: T });
  });

  it('waits if the API is busy, and keeps what it read before', async () => {
    const { ask, run, answers, warnings, store } = world(1);
    ask(asked(1, 2 * MINUTE), asked(2, MINUTE));
    const first = { kind: 'listed', questions: [asked(1, 2 * MINUTE)], hasMore: true, quotaLeft: 300 };
    answers.push(first as unknown as Listed, { kind: 'later', wait: 600_000 as never, message: 'throttled' });
    expect(await run()).to.deep.equal([1]);
    expect(store.peek(MARK)?.['notBefore']).to.equal(T + 600_150);
    expect(warnings).to.deep.equal(['Stack Exchange gives no questions now: throttled']);
  });

  it('fails if the API does not understand the settings', async () => {
    const { run, answers, store } = world();
    answers.push({ kind: 'refused', message: '400 bad_parameter: site', wait: 92_000 as never });
    const error = await run().catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(CascadeError).with.property('code', 'SETTINGS_INVALID');
    expect((error as CascadeError).message)
      .to.contain('bad_parameter')
      .and.contain('QUESTIONS_SITE');
    expect(store.peek(MARK)).to.include({ notBefore: T + 92_000 });
  });

  it('leaves a spoilt ticket alone', async () => {
    const { ask, run, store } = world();
    ask(asked(1, MINUTE));
    store.seed({ _id: 'ticket:question:stackoverflow:1', schema: 1, type: 'ticket', title: 7 });
    expect(await run()).to.deep.equal([]);
  });

  it('repeats a request to a store that does not answer', async () => {
    const { ask, run, store } = world();
    ask(asked(1, MINUTE));
    store.fail('many', 'before');
    expect(await run()).to.deep.equal([1]);
  });

  it('makes at most forty requests in a run, and the next run goes on', async () => {
    const { ask, run, storeAs, pass, wants } = world(1);
    for (let id = 1; id <= 50; id += 1) {
      ask(asked(id, (60 - id) * MINUTE));
      storeAs(id);
    }
    expect(await run()).to.deep.equal([]);
    expect(wants).to.have.length(40);
    pass(MINUTE);
    await run();
    // A page begins with the last question of the page before. So forty pages of one question have twenty questions.
    expect(wants[40]).to.deep.equal({ since: T - 40 * MINUTE, page: 2 });
  });

  it('begins a request if 41 seconds of its minute are left, and none if a millisecond less is left', async () => {
    for (const [ms, requests] of [
      [19_000, 2],
      [19_001, 1],
    ] as const) {
      const { ask, run, timeouts, slow } = world(1);
      slow.ms = ms;
      for (let id = 1; id <= 3; id += 1) ask(asked(id, (60 - id) * MINUTE));
      await run();
      expect(timeouts, `${ms} ms`).to.have.length(requests);
    }
  });

  it('gives each request twenty seconds, and begins none in the last 41 seconds of its time', async () => {
    const { ask, run, timeouts, slow } = world(1);
    // With the pauses of 150 ms, the fourth request is answered after 24.45 s.
    slow.ms = 6_000;
    for (let id = 1; id <= 6; id += 1) ask(asked(id, (60 - id) * MINUTE));
    expect(await run()).to.deep.equal([1, 2]);
    expect(timeouts).to.deep.equal([20_000, 20_000, 20_000, 20_000]);
  });
});
