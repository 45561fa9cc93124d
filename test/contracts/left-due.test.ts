import { expect } from 'chai';
import { leftDueIn } from '../../src/contracts/left-due.ts';

describe('the work that is not lost if a step fails', () => {
  it('is each list of what is in the ledger and due', () => {
    for (const name of ['due', 'wake', 'hints', 'slots', 'unrecorded', 'owing']) {
      expect(leftDueIn({ plan: { [name]: ['a', 'b'] } }), name).to.equal(2);
    }
    expect(leftDueIn({ batch: { due: ['a'], slots: ['b'], owing: ['c'] } })).to.equal(3);
  });

  it('is each event that is stored, and no other one', () => {
    expect(leftDueIn({ batch: { events: [{ stored: {} }, {}, 'no event'] } })).to.equal(1);
    expect(leftDueIn({ plan: { orders: ['a'], skips: ['b'] }, COUCHDB_URL: 'http://localhost' })).to.equal(0);
  });

  it('is what a plan left undecided', () => {
    expect(leftDueIn({ plan: { undecided: 3, hints: ['a'] } })).to.equal(4);
    expect(leftDueIn({ plan: { undecided: -1, hints: ['a'] } })).to.equal(1);
  });

  it('is found under a key of another version, and among the parameters themselves', () => {
    expect(leftDueIn({ batchOfAnotherVersion: { slots: ['a'] } })).to.equal(1);
    expect(leftDueIn({ slots: ['a'] })).to.equal(1);
  });
});
