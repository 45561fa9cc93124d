import { expect } from 'chai';
import pMap from 'p-map';
import { SECTIONS } from './rows/sections.ts';
import { BREAKAGES } from './support/breakages.ts';
import type { Fact } from './support/fact.ts';
import { type Alteration, QlikInTest, REAL } from './support/qlik-in-test.ts';

/** Whether the tenant still passes the test of a fact after this change. */
async function holds(fact: Fact, alteration: Alteration): Promise<boolean> {
  const qlik = new QlikInTest();
  await qlik.start(alteration);
  try {
    await fact.test(qlik);
    return true;
  } catch {
    return false;
  } finally {
    await qlik.close();
  }
}

/** The section that has the fact. */
function sectionOf(id: string): readonly Fact[] {
  return Object.values(SECTIONS).find((facts) => facts.some((fact) => fact.id === id)) ?? [];
}

describe('the contract suite of Qlik Cloud notices', () => {
  before(function () {
    if (REAL !== undefined) this.skip(); // nothing stands between the suite and a real tenant
  });

  for (const { id, how, alteration } of BREAKAGES) {
    it(`${id} when ${how}, and nothing else of its section`, async () => {
      const facts = sectionOf(id);
      const held = await pMap(facts, (fact) => holds(fact, alteration), { concurrency: 4 });
      expect(facts.filter((_, index) => held[index] === false).map((fact) => fact.id)).to.deep.equal([id]);
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
    const held = await pMap(facts, (fact) => holds(fact, unaltered), { concurrency: 4 });
    expect(facts.filter((_, index) => held[index] === false).map((fact) => fact.id)).to.deep.equal([]);
  });
});
