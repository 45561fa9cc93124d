import { expect } from 'chai';
import { DemoRun } from '../../../local/start/demo-run.ts';

describe('the result of the examples', () => {
  it('is not fine, and says why, where they came to no end', () => {
    const { ok, problems } = new DemoRun(() => []).result(false, true);
    expect(ok).to.equal(false);
    expect(problems[0]).to.equal('The examples did not come to an end in time.');
    expect(problems).to.include('Missing: sales/extract succeeded');
    expect(problems).to.include('Missing: board/figures failed after sales/report or sales/forecast or stock/log');
  });

  it('has what else went wrong', () => {
    const { problems } = new DemoRun(() => []).result(true, false, ['A channel took no message.']);
    expect(problems.at(-1)).to.equal('A channel took no message.');
  });

  it('misses, without a ledger, nothing that waits for several apps', () => {
    const { problems } = new DemoRun(() => []).result(true, false);
    expect(problems).to.have.length(9);
    expect(problems.join()).to.not.include('board/');
  });
});
