import { expect } from 'chai';
import { oneAtATime } from '../../../actions/notifier/one-at-a-time.ts';

describe('work that is done one at a time', () => {
  it('does not overlap, and goes on after a piece that failed', async () => {
    const alone = oneAtATime();
    const steps: string[] = [];
    const piece = (name: string) => async () => {
      steps.push(`${name} begins`);
      await null;
      steps.push(`${name} ends`);
      if (name === 'first') throw new Error('It failed.');
      return name;
    };
    const [first, second] = await Promise.allSettled([alone(piece('first')), alone(piece('second'))]);
    expect([first?.status, second]).to.deep.equal(['rejected', { status: 'fulfilled', value: 'second' }]);
    expect(steps).to.deep.equal(['first begins', 'first ends', 'second begins', 'second ends']);
  });
});
