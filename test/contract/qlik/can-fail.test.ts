import { expect } from 'chai';
import { failingFacts, sectionOf } from '../support/facts.ts';
import { requireLocal } from '../support/target.ts';
import { SECTIONS } from './rows/sections.ts';
import { BREAKAGES } from './support/breakages.ts';
import type { Fact } from './support/fact.ts';
import { type Alteration, QlikInTest } from './support/qlik-in-test.ts';

/** The ids of the facts whose tests fail if `alteration` alters the tenant. Each fact has a tenant of its own. */
const failing = (facts: readonly Fact[], alteration: Alteration): Promise<readonly string[]> =>
  failingFacts(facts, async (fact) => {
    const qlik = new QlikInTest();
    await qlik.start(alteration);
    await fact.test(qlik).finally(() => qlik.close());
  });

describe('the contract suite of Qlik Cloud notices', () => {
  before(function () {
    requireLocal(this, 'QLIK_TEST_TENANT', 'nothing stands between the suite and a real tenant');
  });

  for (const { id, how, alteration } of BREAKAGES) {
    it(`${id} when ${how}, and nothing else of its section`, async () => {
      expect(await failing(sectionOf(SECTIONS, id), alteration)).to.deep.equal([id]);
    });
  }

  it('each of at least 20 facts', () => {
    expect(new Set(BREAKAGES.map(({ id }) => id)).size)
      .to.equal(BREAKAGES.length)
      .and.be.at.least(20);
  });

  it('nothing when nothing is altered', async () => {
    const unaltered: Alteration = { api: {}, deliveries: {} };
    const facts = ['reloads-list', 'deliveries', 'audits', 'errors'].flatMap((section) => SECTIONS[section] ?? []);
    expect(await failing(facts, unaltered)).to.deep.equal([]);
  });
});
