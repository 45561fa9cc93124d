import { expect } from 'chai';
import { lostAnswers } from '../../bench/doubt/lost-answers.ts';
import { rowApp } from '../../bench/ledger/row-chains.ts';

describe('the answers that are lost in the benchmark of doubt', () => {
  const apps = Array.from({ length: 100 }, (_, index) => rowApp(index));
  const faults = lostAnswers(apps, 1);
  const firstOfEach = new Map(faults.toReversed().map((fault) => [fault.appId, fault.kind]));

  it('are a tenth before and a tenth after the effect, of different apps', () => {
    const kinds = [...firstOfEach.values()];
    expect(kinds.filter((kind) => kind === 'drop-before')).to.have.length(10);
    expect(kinds.filter((kind) => kind === 'drop-after')).to.have.length(10);
  });

  it('come again only where the effect did not happen', () => {
    for (const [appId, first] of firstOfEach) {
      const count = faults.filter((fault) => fault.appId === appId).length;
      if (first === 'drop-after') expect(count).to.equal(1);
    }
  });

  it('are the same for the same seed', () => {
    expect(lostAnswers(apps, 1)).to.deep.equal(faults);
    expect(lostAnswers(apps, 2)).not.to.deep.equal(faults);
  });
});
