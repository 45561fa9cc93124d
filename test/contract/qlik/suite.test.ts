import { SECTIONS } from './rows/sections.ts';
import { readCoverage } from './support/coverage.ts';
import type { Fact } from './support/fact.ts';
import { QlikInTest, REAL } from './support/qlik-in-test.ts';

const seenOf = new Map(readCoverage().map(({ id, seen }) => [id, seen]));

/** On a real tenant the suite runs only tests that change nothing, and none of facts that nobody could verify. */
function isAsked({ id, onReal }: Fact): boolean {
  return REAL === undefined || (onReal && seenOf.get(id) !== 'U');
}

/**
 * Whether a failed test is only news for the list of facts: a real tenant contradicts a field report or an inference.
 */
function isNews({ id }: Fact): boolean {
  return REAL !== undefined && ['F', 'I'].includes(seenOf.get(id) ?? '');
}

for (const [section, facts] of Object.entries(SECTIONS)) {
  describe(`Qlik Cloud: ${section}`, () => {
    const qlik = new QlikInTest();
    beforeEach(() => qlik.start());
    afterEach(() => qlik.close());
    for (const fact of facts.filter(isAsked)) {
      it(`${fact.id}: ${fact.title}`, async function () {
        try {
          await fact.test(qlik);
        } catch (error) {
          if (!isNews(fact)) throw error;
          console.log(`NEWS ${fact.id}: ${fact.title}: ${String(error)}`);
          this.skip();
        }
      });
    }
  });
}
