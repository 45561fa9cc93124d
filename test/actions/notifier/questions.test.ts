import { expect } from 'chai';
import { slackMessage } from '../../../src/core/desk/slack-message.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { ONE_QUESTION } from '../../support/one-of-each.ts';
import { failed, failingApp, notifierWorld, T } from './support/notifier-world.ts';

const ID = ONE_QUESTION._id;
const { leases: _, ...QUESTION } = ONE_QUESTION;
const NOTICE = { id: 'asked', kind: 'question', at: T - 9_000, to: ['ops'], due: { ops: T + 30_000 } };
const document = { ...QUESTION, title: 'Why is "Sum" 0? 🎉', notices: [NOTICE], dueAt: T + 30_000 };

describe('the notifier, of a new question', () => {
  it('says who asked what, with the link to it, and then owes nothing', async () => {
    const { sent, store, run } = notifierWorld({ documents: [document] });
    await run(ID);
    expect(sent.map(({ channel, message }) => [channel, message.notices])).to.deep.equal([
      [
        'ops',
        [
          {
            ...{ id: `${ID}/asked`, kind: 'question', at: '2027-01-15T07:59:51.000Z', subject: 'Why is "Sum" 0? 🎉' },
            ...{ detail: 'by Ann (101) #qlik-sense', url: 'https://stackoverflow.com/questions/7' },
          },
        ],
      ],
    ]);
    expect(store.peek(ID)).to.deep.include({ title: 'Why is "Sum" 0? 🎉', answers: 1, notices: [] });
    expect(store.peek(ID)).to.not.have.any.keys('dueAt', 'leases');
  });

  it('keeps what the storer changes while the message is on its way', async () => {
    const world = notifierWorld({
      documents: [document],
      answers: {
        ops: [
          async () => {
            const stored = world.store.peek(ID);
            world.store.seed({ ...stored, _id: ID, _rev: '3-b', answers: 2 });
            return { kind: 'taken', message: 'it answered 200' };
          },
        ],
      },
    });
    await world.run(ID);
    expect(world.store.peek(ID)).to.deep.include({ answers: 2, notices: [] });
  });

  it('waits while questions have taken three slots, and holds up no failure', async () => {
    const channel = { _id: 'channel:ops', schema: 1, type: 'channel', slots: [T - 9, T - 8, T - 7] };
    const { sent, store, run } = notifierWorld({
      documents: [document, failingApp('a', [failed('a', ['ops'])]), channel],
    });
    await run(ID);
    expect(sent).to.deep.equal([]);
    expect(store.peek(ID)).to.include({ dueAt: T - 9 + 85_000 });
    await run('app:default:a', ID);
    expect(sent.map(({ message }) => message.notices.map(({ kind }) => kind))).to.deep.equal([['failed', 'question']]);
  });

  it('is read in Slack as a question that was asked', () => {
    const item = {
      id: `${ID}/asked`,
      kind: 'question',
      at: T as EpochMs,
      subject: 'Why?',
      detail: 'by Ann (101)',
    } as const;
    const { text, blocks } = slackMessage([{ ...item, url: 'https://stackoverflow.com/questions/7' }]);
    expect(text).to.equal(':speech_balloon: Why? was asked');
    expect(JSON.stringify(blocks)).to.contain('<https://stackoverflow.com/questions/7|Open the question>');
  });
});
