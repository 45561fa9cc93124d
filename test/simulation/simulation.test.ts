import { expect } from 'chai';
import type { CouchPort, NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import { type Run, runSeed } from './run-seed.ts';
import type { RunResult } from './run-world.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulate.ts';
import type { ScenarioName } from './world/scenarios.ts';
import type { TraceLine } from './world/trace.ts';

const run = (seed: number, scenario: ScenarioName = 'mixed', hours = 12): Run => {
  return { seed, hours, apps: 12, scenario, without: [] };
};

/** Runs some seeds with a planted mistake. @returns the first violation. */
async function firstViolation(
  scenario: ScenarioName,
  planted: NonNullable<Parameters<typeof runSeed>[2]>,
): Promise<RunResult['violation']> {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { violation } = await runSeed(run(seed, scenario), undefined, planted);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

describe('the simulation', function () {
  this.timeout(120_000);

  for (const scenario of ['mixed', 'stormy', 'silent', 'doubt'] as const) {
    it(`violates nothing in a few worlds (${scenario})`, async () => {
      let ends = 0;
      for (const seed of [1, 2, 3]) {
        const { violation, events } = await runSeed(run(seed, scenario));
        expect(violation, `seed ${seed}`).to.equal(undefined);
        ends += events;
      }
      // Much must happen in these worlds together, though one of them may be quiet.
      expect(ends).to.be.greaterThan(60);
    });
  }

  it('writes the same trace for the same seed, and another for another', async () => {
    const lines: TraceLine[] = [];
    const first = await runSeed(run(7), (line) => lines.push(line));
    expect((await runSeed(run(7))).hash).to.equal(first.hash);
    expect((await runSeed(run(8))).hash).not.to.equal(first.hash);
    expect(lines).to.have.length(first.lines);
    const claim = lines.find(
      ({ op, id, rev }) => op === 'store.written' && id.startsWith('order:') && rev?.startsWith('2-'),
    );
    expect(claim).to.include.keys('at', 'actor', 'op', 'id', 'rev', 'before', 'after');
    expect(claim?.actor).to.match(/^reload(-of-another-deployment)?#[0-9a-f]{32}$/);
    expect(claim?.before).to.include({ state: 'planned' });
    expect(claim?.after).to.include({ state: 'claimed' });
  });

  it('finds a claim that forgets its doubt: an order is started twice', async () => {
    const violation = await firstViolation('doubt', { wrapStore: withoutDoubt });
    expect(violation?.message).to.match(/was started twice/);
  });

  it('finds a list that is not looked at: an order is started twice', async () => {
    const violation = await firstViolation('doubt', { wrapQlik: blind });
    expect(violation?.message).to.match(/was started twice/);
  });

  it('finds a 2xx for an event that is not stored', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withoutEvents });
    expect(violation?.message).to.match(/was answered 20\d, and nothing is stored/);
  });

  it('finds orders that nobody looks at again', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withoutDue });
    expect(violation?.message).to.match(/is (?:planned|posted), but dueAt is undefined/);
  });

  it('finds leases that nobody sees: a notice comes from two notifiers at once', async () => {
    const violation = await firstViolation('stormy', { wrapStore: withoutLeases });
    expect(violation?.message).to.match(
      /^(?:app|alert):.* came to .*, and (?:was settled before|had come from .*, which was still at it)$/,
    );
  });

  it('finds notices that are dropped: they never come', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withoutNotices });
    expect(violation?.message).to.match(/^app:.*\/failed\..* never came to [a-z]+$/);
  });

  it('finds a storer that does not see since when people are notified: they hear of an end from before an upgrade', async () => {
    const violation = await firstViolation('no-echo', { wrapStore: withoutMoment });
    expect(violation?.message).to.match(
      /^app:.*\/(?:failed|recovered)\..* is about an end from before the version that sends notices$/,
    );
  });

  it('finds logs that are not written into their tickets', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withoutLog });
    expect(violation?.message).to.match(/^ticket:reload:.* has no log/);
  });

  it('finds tickets that do not say why the reload failed', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withoutError });
    expect(violation?.message).to.match(/^ticket:reload:\S+ (?:differs: \{"error":|has why undefined, not )/);
  });

  it('finds a timeout that is not marked: the reload counts as canceled by a person', async () => {
    const violation = await firstViolation('echo', { wrapStore: withoutMark });
    expect(violation?.message).to.match(/After attempt \d|was never started/);
  });

  it('finds an event that does not name the chains that decided', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withoutDefinition });
    expect(violation?.message).to.match(/^event:\S+ is resolved, and names no definition/);
  });

  it('finds a step that decides by other chains than the deployed ones', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withOldDefinition });
    expect(violation?.message).to.match(/was decided by 0123456789abcdef, which is not deployed/);
  });

  it('finds a sweep that does not see which ends are not recorded: an app is late that has succeeded', async () => {
    const violation = await firstViolation('stormy', { wrapStore: withoutOpenEvents });
    expect(violation?.message).to.match(/^app:\S+ (?:is|was told) late for \S+, and \S+ had succeeded$/m);
  });

  it('finds a deadline that is judged again', async () => {
    const violation = await firstViolation('mixed', { wrapStore: withoutLate });
    expect(violation?.message).to.match(/^app:\S+ is told late without being it$/);
  });

  it('ends with its line of JSON and the command of the smallest run, also where something is violated', async () => {
    const written: string[] = [];
    const options = { seeds: 1, seed: 1, hours: 6, scenario: 'mixed', apps: 12, without: [], json: true } as const;
    const ports = { writeTrace: () => {}, stopwatch: () => 0, planted: { wrapStore: withoutEvents } };
    const code = await simulate(options, { write: (line) => written.push(line), ...ports });
    expect(code).to.equal(1);
    expect(written.join('\n')).to.match(/VIOLATION seed 1 \(mixed\), answer/);
    expect(written.join('\n')).to.match(
      /npm run simulate -- --seed 1 --hours \d+ --apps \d+ --scenario mixed --without /,
    );
    expect(JSON.parse(written.at(-1) ?? '')).to.include({ seeds: 1, hours: 6, violations: 1 });
  });

  it('tells what a run throws as a violation', async () => {
    const throwing = (): never => {
      throw new TypeError('planted');
    };
    const { violation } = await runSeed(run(1, 'calm', 1), undefined, { wrapQlik: throwing });
    expect(violation?.kind).to.equal('bug');
    expect(violation?.message).to.match(/TypeError: planted/);
  });

  it('shrinks a violation to a smaller run that still shows it', async () => {
    const tryRun = (each: Run): Promise<RunResult> => runSeed(each, undefined, { wrapQlik: blind });
    let found = { run: run(1, 'doubt', 4), result: await tryRun(run(1, 'doubt', 4)) };
    for (let seed = 2; found.result.violation === undefined; seed += 1) {
      found = { run: run(seed, 'doubt', 4), result: await tryRun(run(seed, 'doubt', 4)) };
    }
    const shrunk = await shrink(found, tryRun, 25);
    expect(shrunk.result.violation?.kind).to.equal('start');
    expect(shrunk.run.without.length).to.be.greaterThan(5);
    expect((await tryRun(shrunk.run)).hash).to.equal(shrunk.result.hash);
  });
});

function withoutDoubt(port: CouchPort): CouchPort {
  return { ...port, put: ({ doubt: _, ...document }) => port.put(document as Parameters<CouchPort['put']>[0]) };
}

const withoutLeases = (port: CouchPort): CouchPort => ({
  ...port,
  many: async (ids) => (await port.many(ids)).map((found) => found && { ...found, leases: undefined }),
});

/** Plants a mistake: whoever leases an app loses the notices that it owes. */
const withoutNotices = (port: CouchPort): CouchPort => ({
  ...port,
  bulk: (list) =>
    port.bulk(list.map((each) => (each['leases'] === undefined ? each : { ...each, notices: [], dueAt: undefined }))),
});

const withoutMoment = (port: CouchPort): CouchPort => ({
  ...port,
  many: async (ids) => (await port.many(ids)).map((found) => found && { ...found, noticesSince: undefined }),
});

const withoutLog = (port: CouchPort): CouchPort => ({
  ...port,
  bulk: (documents) => port.bulk(documents.map(({ log: _, ...document }) => document as NewDocument)),
});

const withoutError = (port: CouchPort): CouchPort => ({
  ...port,
  put: ({ error, ...document }) => {
    const kept = document._id.startsWith('ticket:') || error === undefined ? document : { ...document, error };
    return port.put(kept as Parameters<CouchPort['put']>[0]);
  },
});

const withoutMark = (port: CouchPort): CouchPort => ({
  ...port,
  put: ({ cancelRequestedAt: _, ...document }) => port.put(document as Parameters<CouchPort['put']>[0]),
});

const changed =
  (change: (document: Parameters<CouchPort['put']>[0]) => Parameters<CouchPort['put']>[0]) =>
  (port: CouchPort): CouchPort => ({
    ...port,
    put: (document) => port.put(change(document)),
    bulk: (documents) => port.bulk(documents.map(change)),
  });

const withoutDefinition = changed(({ definition: _, ...document }) => document as Parameters<CouchPort['put']>[0]);

const withOldDefinition = changed((document) =>
  document['definition'] === undefined ? document : { ...document, definition: '0123456789abcdef' },
);

/** Plants a mistake in the short read of what is due. Only sweeps that judge late apps use it. */
const withoutOpenEvents = (port: CouchPort): CouchPort => ({
  ...port,
  due: async (range) => {
    const page = await port.due(range);
    if (range.isBrief !== true) return page;
    return { ...page, documents: page.documents.filter(({ _id }) => !_id.startsWith('event:')) };
  },
});

const withoutLate = changed(({ late: _, ...document }) => document as Parameters<CouchPort['put']>[0]);

const blind = (port: QlikPort): QlikPort => ({
  ...port,
  listReloads: async (...query) => {
    const answer = await port.listReloads(...query);
    return answer.kind === 'listed' ? { ...answer, reloads: [] } : answer;
  },
  listEnded: async (query, timeout) => {
    const answer = await port.listEnded(query, timeout);
    const isOfReload = query.appId !== undefined && query.newestBy === 'creation';
    return answer.kind === 'listed' && isOfReload ? { ...answer, reloads: [] } : answer;
  },
});

const withoutEvents = (port: CouchPort): CouchPort => ({
  ...port,
  put: async (document) =>
    document._id.startsWith('event:') && document._rev === undefined
      ? { kind: 'stored', rev: '1-00000000' }
      : port.put(document),
});

const withoutDue = (port: CouchPort): CouchPort => ({
  ...port,
  bulk: (documents) =>
    port.bulk(
      documents.map(({ dueAt, ...document }) => {
        const isOrder = document._id.startsWith('order:');
        return (isOrder ? document : { ...document, dueAt }) as (typeof documents)[number];
      }),
    ),
});
