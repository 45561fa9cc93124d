import { expect } from 'chai';
import { repeat } from '../../../local/start/repeat.ts';

describe('work that npm start repeats', () => {
  it('is done at once, and again until it is to end', async () => {
    const ending = new AbortController();
    let times = 0;
    await repeat(
      async () => {
        times += 1;
        if (times === 3) ending.abort();
      },
      0,
      ending.signal,
    );
    expect(times).to.equal(3);
  });

  it('does not wait for the next time if it is to end meanwhile', async () => {
    const ending = new AbortController();
    let times = 0;
    const done = repeat(async () => void times++, 3_600_000, ending.signal);
    ending.abort();
    await done;
    expect(times).to.equal(1);
  });

  it('is not done if it is to end already, and no more after an error', async () => {
    await repeat(() => Promise.reject(new Error('never')), 0, AbortSignal.abort());
    const error = await repeat(() => Promise.reject(new Error('a bug')), 0, new AbortController().signal).catch(String);
    expect(error).to.equal('Error: a bug');
  });
});
