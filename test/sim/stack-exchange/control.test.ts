import { expect } from 'chai';
import { type StackExchange, startStackExchange } from '../../../sim/stack-exchange/start-stack-exchange.ts';

describe('the control interface of the simulated Stack Exchange', () => {
  let sim: StackExchange;
  beforeEach(async () => {
    sim = await startStackExchange();
  });
  afterEach(() => sim.close());

  it('refuses a question_id that is no whole number, and gives the next question an id all the same', async () => {
    const post = (question: object) =>
      fetch(`${sim.control}/questions`, { method: 'POST', body: JSON.stringify(question) });
    for (const question_id of ['abc', '7', -1, 1.5, null, {}])
      expect((await post({ question_id })).status, String(question_id)).to.equal(400);
    const added = await post({});
    expect(added.status).to.equal(200);
    expect(await added.json()).to.include({ question_id: 1_001 });
  });
});
