import { expect } from 'chai';
import { isNews, type Question } from '../../../src/core/tickets/question.ts';

const QUESTION = {
  ...{
    site: 'stackoverflow',
    questionId: 7,
    title: 'Why?',
    link: 'https://example.org/7',
    author: 'Ada',
    tags: ['qlik-sense'],
  },
  ...{ answers: 0, isAnswered: false, isAccepted: false, score: 0, createdAt: 100, activeAt: 200, seenAt: 300 },
} as unknown as Question;
const seen = (changes: object): Question => ({ ...QUESTION, ...changes }) as Question;

const CASES: readonly (readonly [what: string, seen: Question, isIt: boolean])[] = [
  ['the same question once more', seen({}), false],
  ['the same question, seen later', seen({ seenAt: 400 }), false],
  ['an answer', seen({ answers: 1, activeAt: 250, seenAt: 400 }), true],
  ['an accepted answer', seen({ isAccepted: true, activeAt: 250, seenAt: 400 }), true],
  ['another tag', seen({ tags: ['qlik-sense', 'set-analysis'], activeAt: 250, seenAt: 400 }), true],
  ['a vote, which is no activity', seen({ score: 1, seenAt: 400 }), true],
  ['a vote that was seen earlier than the ticket', seen({ score: 1, seenAt: 299 }), false],
  ['an earlier state that comes late', seen({ answers: 3, activeAt: 150, seenAt: 400 }), false],
  ['a ticket of an author whose account is gone', seen({ author: undefined, seenAt: 400 }), true],
  ['an activity that changes nothing else', seen({ activeAt: 250, seenAt: 400 }), true],
];

describe('a question that is in the ledger', () => {
  for (const [what, question, isIt] of CASES) {
    it(`${isIt ? 'is' : 'is not'} written again for ${what}`, () => {
      expect(isNews(question, QUESTION)).to.equal(isIt);
    });
  }

  it('is written again if its author’s name or reputation is no longer there', () => {
    const { author: _, ...unnamed } = { ...QUESTION, reputation: 5, seenAt: 400 };
    const ticket = { ...QUESTION, reputation: 5 } as Question;
    expect(isNews(unnamed as Question, ticket)).to.equal(true);
    expect(isNews(seen({ seenAt: 400 }), ticket)).to.equal(true);
  });

  it('is written if it has no ticket', () => {
    expect(isNews(QUESTION, undefined)).to.equal(true);
  });
});
