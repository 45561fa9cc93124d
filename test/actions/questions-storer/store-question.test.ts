import { expect } from 'chai';
import { storeQuestion } from '../../../actions/questions-storer/store-question.ts';
import type { ChannelName } from '../../../src/core/desk/notice.ts';
import type { Question } from '../../../src/core/tickets/question.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';

const T = 1_795_316_220_000;
const ID = 'ticket:question:stackoverflow:7';

const QUESTION = {
  ...{
    site: 'stackoverflow',
    questionId: 7,
    title: 'Why?',
    link: 'https://stackoverflow.com/q/7',
    tags: ['qlik-sense'],
  },
  ...{ answers: 0, isAnswered: false, isAccepted: false, score: 0 },
  ...{ createdAt: T - 9_000, activeAt: T - 8_000, seenAt: T - 7_000 },
} as unknown as Question;
const ANSWERED = { ...QUESTION, answers: 1, activeAt: T - 5_000, seenAt: T - 4_000 } as Question;
const NOTICE = {
  ...{ id: 'asked', kind: 'question', at: T - 9_000, traceId: 't1', to: ['ops'], due: { ops: T + 30_000 } },
};

function world() {
  const store = memoryCouch(() => T as EpochMs);
  const errors: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void errors.push(message) };
  const patience = {
    now: () => T as EpochMs,
    deadline: (T + 60_000) as EpochMs,
    sleep: async () => {},
    random: () => 0,
  };
  const put = (question: Question) =>
    storeQuestion(question, { store, traceId: 't1', channel: 'ops' as ChannelName, log, ...patience });
  return { store, errors, put, stored: () => store.peek(ID) };
}

describe('the questions storer', () => {
  it('creates the ticket of a new question with its notice, in one write', async () => {
    const { put, stored, store } = world();
    expect(await put(QUESTION)).to.deep.equal({ did: 'created', owing: [ID] });
    const { _rev, ...document } = stored() ?? { _rev: '' };
    expect(document).to.deep.equal({
      ...{ ...QUESTION, _id: ID, schema: 1, type: 'ticket', notices: [NOTICE], dueAt: T + 30_000 },
    });
    expect(store.asked).to.deep.equal([`get ${ID}`, `put ${ID}`]);
  });

  it('updates it without a notice, and keeps the notice that nobody has taken', async () => {
    const { put, stored } = world();
    await put(QUESTION);
    expect(await put(ANSWERED)).to.deep.equal({ did: 'updated', owing: [ID] });
    expect(stored()).to.deep.include({ answers: 1, activeAt: T - 5_000, notices: [NOTICE], dueAt: T + 30_000 });
  });

  it('writes nothing if nothing has changed, or if a state comes late or twice', async () => {
    const { put, stored } = world();
    await put(QUESTION);
    await put(ANSWERED);
    const before = stored();
    for (const late of [QUESTION, ANSWERED, { ...ANSWERED, seenAt: T as EpochMs }]) {
      expect(await put(late)).to.deep.equal({ did: 'nothing', owing: [ID] });
    }
    expect(stored()).to.deep.equal(before);
  });

  it('announces nothing once its notice was taken, whatever changes', async () => {
    const { put, stored, store } = world();
    store.seed({ ...QUESTION, _id: ID, schema: 1, type: 'ticket', notices: [] });
    expect(await put(ANSWERED)).to.deep.equal({ did: 'updated', owing: [] });
    expect(stored()).to.deep.include({ answers: 1, notices: [] }).and.not.have.property('dueAt');
  });

  it('makes one notice if its answer was lost, or two store the question at once', async () => {
    const { put, stored, store } = world();
    store.fail('put', 'after');
    expect(await put(QUESTION)).to.deep.equal({ did: 'nothing', owing: [ID] });
    expect(stored()?.['notices']).to.deep.equal([NOTICE]);
    const two = world();
    two.store.intrude('put', () => two.store.seed({ ...ANSWERED, _id: ID, schema: 1, type: 'ticket', notices: [] }));
    expect(await two.put(QUESTION)).to.deep.equal({ did: 'nothing', owing: [] });
    expect(two.stored()).to.include({ answers: 1 });
  });

  it('leaves a spoilt ticket alone, with an error', async () => {
    const { put, errors, store, stored } = world();
    store.seed({ _id: ID, schema: 1, type: 'ticket', title: 7 });
    expect(await put(QUESTION)).to.deep.equal({ did: 'nothing', owing: [] });
    expect([stored()?.['title'], errors.length]).to.deep.equal([7, 1]);
  });
});
