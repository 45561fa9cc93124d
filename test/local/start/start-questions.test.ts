import { mock } from 'node:test';
import { expect } from 'chai';
import { startQuestions } from '../../../local/start/start-questions.ts';

describe('npm start --questions', () => {
  const ends: (() => Promise<unknown>)[] = [];
  before(() => mock.timers.enable({ apis: ['setTimeout'] }));
  after(async () => {
    mock.timers.reset();
    await Promise.all(ends.map((end) => end()));
  });

  it('asks its first example at once and the others three minutes apart: so a person’s own question is announced', async () => {
    const { ready, settings } = await startQuestions((end) => ends.push(end));
    const asked = async (): Promise<number> => {
      const answer = await fetch(`${settings.QUESTIONS_URL}/questions?site=stackoverflow`);
      return ((await answer.json()) as { readonly items: readonly object[] }).items.length;
    };
    /** Lets time pass, and gives what it set off twenty requests to be there. */
    const askedAfter = async (ms: number, count: number): Promise<number> => {
      mock.timers.tick(ms);
      for (let tries = 0; tries < 20 && (await asked()) < count; tries += 1);
      return asked();
    };
    expect(ready.url).to.equal(settings.QUESTIONS_URL);
    expect(await askedAfter(0, 1)).to.equal(1);
    expect(await askedAfter(179_999, 1)).to.equal(1);
    expect(await askedAfter(1, 2)).to.equal(2);
    expect(await askedAfter(180_000, 3)).to.equal(3);
  });
});
