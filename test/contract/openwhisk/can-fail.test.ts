import type { ChildProcess } from 'node:child_process';
import { expect } from 'chai';
import pMap from 'p-map';
import { send } from '../../local/host/support/send.ts';
import { type HttpRequest, type Rule, startAlteringProxy } from '../../support/altering-proxy.ts';
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

  const entities = async (): Promise<readonly unknown[]> => {
    const read = async (collection: string): Promise<readonly unknown[]> => {
      const url = `${place.url}/api/v1/namespaces/_/${collection}?limit=200`;
      return JSON.parse((await send(url, { headers: { authorization: basic(place.auth) } })).text);
    };
    return (await Promise.all(['packages', 'actions', 'triggers', 'rules'].map(read))).flat();
  };

  it('what it has made, and deletes it, also when it fails', async () => {
    expect(await entities()).to.deep.equal([]);
  });

  it('what it has made, and deletes it, also when it is interrupted', async () => {
    let child: ChildProcess | undefined;
    let madeThen: readonly unknown[] = [];
    const interrupt = (request: HttpRequest): HttpRequest => {
      if (request.method === 'POST' && madeThen.length === 0) {
        void entities().then((made) => {
          madeThen = made;
          child?.kill('SIGINT');
        });
      }
      return request;
    };
    const proxy = await startAlteringProxy(place.url, { request: interrupt });
    const start = (started: ChildProcess): void => {
      child = started;
    };
    const run = runSection('results', { url: proxy.url, auth: place.auth }, start);
    const ended = await run.then(() => 'reported').catch(() => 'interrupted');
    await proxy.close();
    expect(ended).to.equal('interrupted');
    expect(madeThen).not.to.have.lengthOf(0);
    expect(await entities()).to.deep.equal([]);
  });

  it('each of at least 30 facts', () => {
    expect(new Set(BREAKAGES.map(({ id }) => id)).size)
      .to.equal(BREAKAGES.length)
      .and.be.at.least(30);
  });
});
