import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import pMap from 'p-map';
import { startHost } from '../../../local/host/start-host.ts';
import { send } from '../../local/host/support/send.ts';
import { type HttpRequest, type Rule, startAlteringProxy, withHeader } from '../../support/altering-proxy.ts';
import { basic } from '../../support/openwhisk-entities.ts';
import { requireLocal } from '../support/target.ts';
import { BREAKAGES } from './support/breakages.ts';
import { LOW_LIMITS } from './support/limit-breakages.ts';
import { findPlace, type Place } from './support/place.ts';
import { type SectionRun, type SectionWorker, spawnSection, startSectionWorker } from './support/run-section.ts';

/** As many sections run at once. */
const WORKERS = 3;

const sectionOf = (id: string): string => id.replace(/^ow-(.+)-\d\d$/, '$1');

describe('the contract suite of OpenWhisk notices', () => {
  const runs = new Map<string, SectionRun>();
  const idle: SectionWorker[] = [];
  let place: Place;
  const through = async (rule: Rule, section: string): Promise<SectionRun> => {
    const worker = idle.pop() ?? startSectionWorker();
    const ran = await (section === 'limits'
      ? throughLimited(worker, rule)
      : throughProxy(worker, place, rule, section));
    idle.push(worker);
    return ran;
  };

  before(async function () {
    requireLocal(this, 'OPENWHISK_APIHOST', 'nothing stands between the suite and a real host');
    this.timeout(400_000);
    place = await findPlace('roomy');
    const mapper = async ({ id, rule }: (typeof BREAKAGES)[number]): Promise<void> => {
      runs.set(id, await through(rule, sectionOf(id)));
    };
    await pMap(BREAKAGES, mapper, { concurrency: WORKERS });
  });
  after(async () => {
    for (const worker of idle) worker.close();
    await place?.close();
  });

  it('nothing when nothing is altered', async () => {
    for (const section of ['raw-http', 'auth', 'limits']) {
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
    child = spawnSection({ section: 'results', url: proxy.url, auth: place.auth });
    let report = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      report += text;
    });
    const [code] = await once(child, 'close');
    await proxy.close();
    expect([code, report]).to.deep.equal([1, '']);
    expect(madeThen).not.to.have.lengthOf(0);
    expect(await entities()).to.deep.equal([]);
  });

  it('each of at least 50 facts, every limit among them', () => {
    const broken = BREAKAGES.map(({ id }) => id);
    expect(new Set(broken).size).to.equal(broken.length).and.be.at.least(50);
    const coverage = readFileSync(new URL('./coverage.md', import.meta.url), 'utf8');
    const limits = [...coverage.matchAll(/^\| (ow-limits-\d\d) /gm)].map(([, id]) => id);
    expect(broken.filter((id) => sectionOf(id) === 'limits')).to.have.members(limits);
  });
});

async function throughProxy(
  worker: SectionWorker,
  place: Pick<Place, 'url' | 'auth'>,
  rule: Rule,
  section: string,
): Promise<SectionRun> {
  const proxy = await startAlteringProxy(place.url, rule);
  try {
    return await worker.run({ section, url: proxy.url, auth: place.auth });
  } finally {
    await proxy.close();
  }
}

/**
 * The limits on a host of their own, with limits that are soon reached. Its clock goes on by a minute and a second each
 * time that somebody asks what time it is: by the `date` of `GET /`, from which the suite knows when a minute is over.
 */
async function throughLimited(worker: SectionWorker, rule: Rule): Promise<SectionRun> {
  let now = Date.UTC(2026, 0, 1);
  const host = await startHost({ port: 0, limits: LOW_LIMITS }, { now: () => now });
  const answer: Rule['answer'] = (received, request) => {
    if (request.path === '/') {
      now += 61_000;
      return withHeader(received, 'date', new Date(now).toUTCString());
    }
    return rule.answer === undefined ? received : rule.answer(received, request);
  };
  try {
    return await throughProxy(worker, host, { ...rule, answer }, 'limits');
  } finally {
    await host.close();
  }
}
