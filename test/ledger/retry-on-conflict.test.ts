import { expect } from 'chai';
import { retryOnConflict } from '../../src/ledger/retry-on-conflict.ts';

/** Tries while the first `conflicts` tries meet a conflict. @returns the result and the number of tries. */
async function triedAfter(conflicts: number): Promise<readonly [result: string | undefined, tries: number]> {
  let tries = 0;
  const result = await retryOnConflict(async () => {
    tries += 1;
    return tries > conflicts ? 'written' : undefined;
  });
  return [result, tries];
}

describe('a write that others race', () => {
  it('is tried until it meets no conflict', async () => {
    expect(await triedAfter(0)).to.deep.equal(['written', 1]);
    expect(await triedAfter(19)).to.deep.equal(['written', 20]);
  });

  it('is given up after 20 conflicts', async () => {
    expect(await triedAfter(20)).to.deep.equal([undefined, 20]);
  });

  it('is not tried again after an error', async () => {
    let tries = 0;
    const error = await retryOnConflict(async () => {
      tries += 1;
      throw new Error('no answer');
    }).catch((reason) => reason);
    expect([error.message, tries]).to.deep.equal(['no answer', 1]);
  });
});
