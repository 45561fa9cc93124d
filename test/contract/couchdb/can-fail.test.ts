import { expect } from 'chai';
import pMap from 'p-map';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { type Rule, startAlteringProxy } from '../../support/altering-proxy.ts';
import { SECTIONS } from './rows/sections.ts';
import { BREAKAGES } from './support/breakages.ts';
import { CouchInTest } from './support/couch-in-test.ts';
import type { Fact } from './support/fact.ts';
import { REAL } from './support/servers.ts';

// The proxy passes an answer on when it has all of it: this one opens a feed that does not end.
const NEVER_ENDS = 'db-server-04';

/** The facts of the section that has this one, as far as they can be asked through a proxy. */
function sectionOf(id: string): readonly Fact[] {
  const section = Object.values(SECTIONS).find((facts) => facts.some((fact) => fact.id === id)) ?? [];
  return section.filter(({ id: each, on }) => on === 'any' && each !== NEVER_ENDS);
}

describe('the contract suite of CouchDB notices', () => {
  let store: EmbeddedStore;
  before(async function () {
    if (REAL !== undefined) this.skip(); // nothing stands between the suite and a real server
    store = await startStore({ port: 0 });
  });
  after(() => store?.close());

  /** The ids of those facts that the store, so altered, fails. */
  async function failing(facts: readonly Fact[], rule: Rule): Promise<readonly string[]> {
    const proxy = await startAlteringProxy(store.url, rule);
    const held = await pMap(facts, (fact) => holds(fact, { ...store, url: proxy.url }), { concurrency: 4 });
    await proxy.close();
    return facts.filter((_, index) => held[index] === false).map(({ id }) => id);
  }

  for (const { id, how, rule } of BREAKAGES) {
    it(`${id} when ${how}, and nothing else of its section`, async () => {
      expect(await failing(sectionOf(id), rule)).to.deep.equal([id]);
    });
  }

  it('each of at least 20 facts', () => {
    expect(new Set(BREAKAGES.map(({ id }) => id)).size)
      .to.equal(BREAKAGES.length)
      .and.be.at.least(20);
  });

  it('nothing when nothing is altered', async () => {
    const facts = ['conflicts', 'bulk', 'local', 'attachments', 'auth'].flatMap((section) => SECTIONS[section] ?? []);
    expect(
      await failing(
        facts.filter(({ on }) => on === 'any'),
        {},
      ),
    ).to.deep.equal([]);
  });
});

async function holds(fact: Fact, server: EmbeddedStore): Promise<boolean> {
  const couch = new CouchInTest(server);
  try {
    await fact.test(couch);
    return true;
  } catch {
    return false;
  } finally {
    await couch.close();
  }
}
