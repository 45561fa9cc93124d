import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { type Rule, startAlteringProxy } from '../../support/altering-proxy.ts';
import { failingFacts, sectionOf } from '../support/facts.ts';
import { requireLocal } from '../support/target.ts';
import { SECTIONS } from './rows/sections.ts';
import { BREAKAGES } from './support/breakages.ts';
import { CouchInTest } from './support/couch-in-test.ts';
import type { Fact } from './support/fact.ts';

// The proxy passes an answer on when it has all of it: this one opens a feed that does not end.
const NEVER_ENDS = 'db-server-04';

const isAskable = ({ id, on }: Fact): boolean => on === 'any' && id !== NEVER_ENDS;

describe('the contract suite of CouchDB notices', () => {
  let store: EmbeddedStore;
  before(async function () {
    requireLocal(this, 'COUCHDB_URL', 'nothing stands between the suite and a real server');
    store = await startStore({ port: 0 });
  });
  after(() => store?.close());

  /** The ids of the facts whose tests fail if `rule` alters the store's answers. */
  async function failing(facts: readonly Fact[], rule: Rule): Promise<readonly string[]> {
    const proxy = await startAlteringProxy(store.url, rule);
    const failing = await failingFacts(facts, async (fact) => {
      const couch = new CouchInTest({ ...store, url: proxy.url });
      await fact.test(couch).finally(() => couch.close());
    });
    await proxy.close();
    return failing;
  }

  for (const { id, how, rule } of BREAKAGES) {
    it(`${id} when ${how}, and nothing else of its section`, async () => {
      expect(await failing(sectionOf(SECTIONS, id).filter(isAskable), rule)).to.deep.equal([id]);
    });
  }

  it('each of at least 20 facts', () => {
    expect(new Set(BREAKAGES.map(({ id }) => id)).size)
      .to.equal(BREAKAGES.length)
      .and.be.at.least(20);
  });

  it('nothing when nothing is altered', async () => {
    const facts = ['conflicts', 'bulk', 'local', 'attachments', 'auth'].flatMap((section) => SECTIONS[section] ?? []);
    expect(await failing(facts.filter(isAskable), {})).to.deep.equal([]);
  });
});
