import { expect } from 'chai';
import { inOneAnswer } from '../../../actions/metrics/in-one-answer.ts';
import { isInPart, partAsked } from '../../../actions/metrics/part-asked.ts';
import type { AppId } from '../../../src/core/names.ts';

const messageOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('one answer of metrics', () => {
  it('has at most 1,040,000 bytes; otherwise it says in how many parts to ask', () => {
    expect(inOneAnswer('x'.repeat(1_039_998), 1)).to.have.length(1_039_998);
    expect(messageOf(() => inOneAnswer('x'.repeat(1_039_999), 1))).to.equal(
      'These metrics have 1040001 bytes, and one answer has room for 1040000. Ask for them in parts: ?parts=3&part=1 to ?parts=3&part=3.',
    );
  });

  it('advises no more parts than there may be', () => {
    expect(messageOf(() => inOneAnswer('x'.repeat(1_040_000), 60))).to.equal(
      'These metrics have 1040002 bytes, and one answer has room for 1040000. Ask for them in parts: ?parts=100&part=1 to ?parts=100&part=100.',
    );
    expect(messageOf(() => inOneAnswer('x'.repeat(1_040_000), 100))).to.equal(
      'These metrics have 1040002 bytes, and one answer has room for 1040000. There are no more than 100 parts: this ledger has too many apps for the metrics.',
    );
  });

  it('is a part that the query names', () => {
    expect(partAsked('')).to.deep.equal({ part: 1, parts: 1 });
    expect(partAsked('parts=3&part=2&other=x')).to.deep.equal({ part: 2, parts: 3 });
    for (const query of ['parts=3&part=4', 'parts=0', 'part=2', 'parts=101', 'parts=x', 'part=1.5']) {
      expect(
        messageOf(() => partAsked(query)),
        query,
      ).to.match(/^The parameter "parts?" has to be a whole number/);
    }
  });

  it('has an app always in the same part', () => {
    const parts = [1, 2, 3].filter((part) =>
      isInPart('5a1e5000-0000-4000-8000-000000000001' as AppId, { part, parts: 3 }),
    );
    expect(parts).to.deep.equal([2]);
  });
});
