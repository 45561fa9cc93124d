import { SECTIONS } from './rows/sections.ts';
import { readCoverage } from './support/coverage.ts';
import type { Fact } from './support/fact.ts';
import { QlikInTest, REAL } from './support/qlik-in-test.ts';

const seenOf = new Map(readCoverage().map(({ id, seen }) => [id, seen]));

/** On a real tenant only what changes nothing is asked, and what nobody could verify is left out. */
function isAsked({ id, onReal }: Fact): boolean {
  return REAL === undefined || (onReal && seenOf.get(id) !== 'U');
}

/** A field report or an inference that a real tenant contradicts is news for the list of facts, not a fault. */
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
