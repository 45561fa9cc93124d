import { expect } from 'chai';
import pMap from 'p-map';
import { send } from '../../local/host/support/send.ts';
import { type Rule, startAlteringProxy } from '../../support/altering-proxy.ts';
import { basic } from '../../support/openwhisk-entities.ts';
import { BREAKAGES } from './support/breakages.ts';
import { findPlace, isGiven, type Place } from './support/place.ts';
import { runSection, type SectionRun } from './support/run-section.ts';

const sectionOf = (id: string): string => id.replace(/^ow-(.+)-\d\d$/, '$1');

describe('the contract suite of OpenWhisk notices', () => {
  const runs = new Map<string, SectionRun>();
  let place: Place;
  const through = async (rule: Rule, section: string): Promise<SectionRun> => {
    const proxy = await startAlteringProxy(place.url, rule);
    try {
      return await runSection(section, { url: proxy.url, auth: place.auth });
    } finally {
      await proxy.close();
    }
  };

  before(async function () {
    if (isGiven()) this.skip(); // the suite itself runs against a host that somebody named
    this.timeout(180_000);
    place = await findPlace('roomy');
    const mapper = async ({ id, rule }: (typeof BREAKAGES)[number]): Promise<void> => {
      runs.set(id, await through(rule, sectionOf(id)));
    };
    await pMap(BREAKAGES, mapper, { concurrency: 3 });
  });

  it('nothing when nothing is altered', async () => {
    for (const section of ['raw-http', 'auth']) {
      const { failed, passed } = await through({}, section);
      expect(failed).to.deep.equal([]);
      expect(passed).to.be.above(5);
    }
  });

  for (const { id, how } of BREAKAGES) {
    it(`${id} when ${how}, and nothing else of its section`, () => {
      const { failed, skipped, passed } = runs.get(id) ?? { failed: ['did not run'], skipped: [], passed: 0 };
      expect(failed.map((title) => title.split(':')[0])).to.deep.equal([id]);
      expect(skipped).to.deep.equal([]);
      expect(passed).to.be.above(0);
    });
  }

  it('what it has made, and deletes it, also when it fails', async () => {
    const authorization = basic(place.auth);
    for (const collection of ['packages', 'actions', 'triggers', 'rules']) {
      const url = `${place.url}/api/v1/namespaces/_/${collection}?limit=200`;
      const { text } = await send(url, { headers: { authorization } });
      expect(JSON.parse(text), collection).to.deep.equal([]);
    }
  });

  it('each of at least 30 facts', () => {
    expect(new Set(BREAKAGES.map(({ id }) => id)).size)
      .to.equal(BREAKAGES.length)
      .and.be.at.least(30);
  });
});
