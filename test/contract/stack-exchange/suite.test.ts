import { ApiInTest, REAL_KEY } from './api-in-test.ts';
import { readApiFacts } from './coverage.ts';
import { API_FACTS } from './facts.ts';

const sureOf = new Map(readApiFacts().map(({ id, sure }) => [id, sure]));

describe('the Stack Exchange API', () => {
  const api = new ApiInTest();
  beforeEach(() => api.start());
  afterEach(() => api.close());

  for (const { id, title, onReal, test } of API_FACTS) {
    if (REAL_KEY !== undefined && !onReal) continue;
    it(`${id}: ${title}`, async function () {
      try {
        await test(api);
      } catch (error) {
        // If the real API contradicts a report or an inference, that is news for the list of facts, not a failed test.
        if (REAL_KEY === undefined || sureOf.get(id) === 'D') throw error;
        console.log(`NEWS ${id}: ${title}: ${String(error)}`);
        this.skip();
      }
    });
  }
});
