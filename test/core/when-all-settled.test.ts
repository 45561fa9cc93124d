import { expect } from 'chai';
import { whenAllSettled } from '../../src/core/when-all-settled.ts';

describe('several that go on at once', () => {
  it('give what each gives, in their order', async () => {
    expect(await whenAllSettled([Promise.resolve(1), Promise.resolve(2)])).to.deep.equal([1, 2]);
  });

  it('are all over before the failure of one is told', async () => {
    let isOver = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      isOver = true;
    });
    const failure = await whenAllSettled([Promise.reject(new Error('one')), slow]).catch(
      (error: Error) => error.message,
    );
    expect([failure, isOver]).to.deep.equal(['one', true]);
  });
});
