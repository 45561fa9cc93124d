import { expect } from 'chai';
import { readQuestion } from '../../../src/ledger/documents/question.ts';

const TICKET = {
  ...{ _id: 'ticket:question:stackoverflow:7', _rev: '1-a', schema: 1, type: 'ticket', site: 'stackoverflow' },
  ...{
    questionId: 7,
    title: 'Why?',
    link: 'https://example.org/7',
    author: 'Ada',
    reputation: 5,
    tags: ['qlik-sense'],
  },
  ...{ answers: 0, isAnswered: false, isAccepted: false, score: -2, createdAt: 100, activeAt: 200, seenAt: 300 },
  notices: [],
};
const read = (changes: object) => readQuestion({ ...TICKET, ...changes } as typeof TICKET);

describe('the ticket of a question', () => {
  it('is read with fields of a newer version, without an author, and without a link', () => {
    const { author: _, reputation: __, ...gone } = TICKET;
    expect(read({ newer: true })).to.include({ questionId: 7, newer: true });
    expect(readQuestion({ ...gone, link: '' } as typeof TICKET)).to.include({ title: 'Why?' });
  });

  const WRONG: readonly [field: string, value: unknown][] = [
    ['site', ''],
    ['questionId', 0],
    ['title', undefined],
    ['link', 'javascript:alert(1)'],
    ['author', 7],
    ['reputation', 'much'],
    ['tags', ['qlik-sense', '']],
    ['answers', -1],
    ['isAnswered', 'no'],
    ['isAccepted', undefined],
    ['score', 0.5],
    ['createdAt', -1],
    ['activeAt', 8_640_000_000_000_001],
    ['seenAt', 'now'],
    ['notices', undefined],
    ['_id', 'ticket:question:stackoverflow:8'],
  ];
  for (const [field, value] of WRONG) {
    it(`is malformed if its field ${field} is, and the error names that`, () => {
      expect(() => read({ [field]: value })).to.throw(`look at its field "${field}"`);
    });
  }
});
