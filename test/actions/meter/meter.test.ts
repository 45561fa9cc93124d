import { expect } from 'chai';
import { meter } from '../../../actions/meter/meter.ts';
import { METERED } from '../../../actions/meter/metered.ts';
import type { ListedActivation } from '../../../src/clients/openwhisk/activations-port.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';

const NOON = 1_795_316_400_000;
const MINUTE = 60_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

const ran = (activationId: string, start: number, more: Partial<ListedActivation> = {}): ListedActivation => ({
  ...{ activationId, path: 'guest/cascade/reload', start: start as EpochMs, statusCode: 0, durationMs: 10 },
  ...more,
});

/** A host that lists these activations in pages of two, as OpenWhisk does, and a clock that each page moves. */
function world(couch: MemoryCouch = memoryCouch(() => NOON as EpochMs)) {
  const state = { now: NOON, pages: 0, pageMs: 0, list: [] as ListedActivation[] };
  const run = async (at = state.now) => {
    state.now = at;
    return meter({
      store: couch,
      activations: {
        async page({ since, upto, skip }) {
          state.pages += 1;
          state.now += state.pageMs;
          const inRange = state.list.filter(({ start }) => start >= since && start <= upto);
          return inRange.sort((a, b) => b.start - a.start).slice(skip, skip + 2);
        },
      },
      packagePath: 'guest/cascade/',
      now: () => state.now as EpochMs,
      deadline: (at + MINUTE) as EpochMs,
      log: SILENT,
    });
  };
  const count = (action = 'reload'): unknown => couch.peek(`stat:${action}`)?.['invocations'];
  return { state, run, couch, count };
}

const successes = (success: number) => ({ success, application_error: 0, developer_error: 0, internal_error: 0 });

describe('the meter', () => {
  it('counts the activations of its package by action, over several pages, and makes a document for each action', async () => {
    const { state, run, couch, count } = world();
    state.list = [
      ...[1, 2, 3].map((n) => ran(`a${n}`, NOON - n * 1_000)),
      ran('s', NOON - 500, { path: 'guest/cascade/sweep', statusCode: 2 }),
      ran('o', NOON - 500, { path: 'guest/another/reload' }),
      { activationId: 't', start: (NOON - 400) as EpochMs, statusCode: 0, durationMs: 0 },
    ];
    expect(await run()).to.deep.equal({ counted: 4, isUpToDate: true });
    expect(count()).to.deep.equal(successes(3));
    expect(count('sweep')).to.deep.equal({ ...successes(0), developer_error: 1 });
    expect(couch.all().map(({ _id }) => _id)).to.have.members(METERED.map((action) => `stat:${action}`));
  });

  it('counts the package questions by its own names, once one of its actions has run', async () => {
    const { state, run, couch, count } = world();
    state.list = [
      ran('a', NOON - 1),
      ran('other', NOON - 1, { path: 'other/questions/socron' }),
      ran('none', NOON - 1, { path: 'guest/collector' }),
    ];
    expect(await run()).to.deep.equal({ counted: 1, isUpToDate: true });
    expect(couch.all().map(({ _id }) => _id)).not.to.include('stat:questions/socron');
    expect(count('collector')).to.deep.equal(successes(0));
    // The meter comes late: more than ten minutes after the activation ran.
    state.list.push(ran('q', NOON + 1, { path: 'guest/questions/socron' }));
    state.list.push(ran('c', NOON + 2, { path: 'guest/questions/collector', statusCode: 1 }));
    expect(await run(NOON + 40 * MINUTE)).to.deep.equal({ counted: 2, isUpToDate: true });
    expect(count('questions/socron')).to.deep.equal(successes(1));
    expect(count('questions/collector')).to.deep.equal({ ...successes(0), application_error: 1 });
    expect(count('collector')).to.deep.equal(successes(0));
    expect(couch.peek('stat:questions/qhandler')).to.equal(undefined);
    // If the package is gone, its counts stay, and nothing is counted again.
    expect(await run(NOON + 45 * MINUTE)).to.deep.equal({ counted: 0, isUpToDate: true });
    expect(count('questions/socron')).to.deep.equal(successes(1));
  });

  it('counts the first run of the package questions also in the last of several windows', async () => {
    const { state, run, count } = world();
    await run();
    state.list = [ran('q', NOON + 38 * MINUTE, { path: 'guest/questions/socron' })];
    expect(await run(NOON + 40 * MINUTE)).to.deep.equal({ counted: 1, isUpToDate: true });
    expect(count('questions/socron')).to.deep.equal(successes(1));
  });

  it('counts nothing twice, and what is listed late', async () => {
    const { state, run, count } = world();
    state.list = [ran('a', NOON - 1)];
    await run();
    // It started just within the ten minutes that are read again.
    state.list.push(ran('late', NOON - 10 * MINUTE));
    expect(await run(NOON + 5 * MINUTE)).to.deep.equal({ counted: 1, isUpToDate: true });
    expect(count()).to.deep.equal(successes(2));
  });

  it('counts once what it wrote in a run whose answer was lost', async () => {
    const { state, run, couch, count } = world();
    state.list = [ran('a', NOON - 1)];
    couch.fail('bulk', 'after');
    expect(await run().catch(({ code }) => code)).to.equal('STORE_UNAVAILABLE');
    expect(await run()).to.deep.equal({ counted: 0, isUpToDate: true });
    expect(count()).to.deep.equal(successes(1));
  });

  it('stops if another meter has written meanwhile, and both together count once', async () => {
    const { state, run, couch, count } = world();
    await run();
    state.list = [ran('a', NOON + 1)];
    const other = world(couch);
    other.state.list = state.list;
    const before = couch.all();
    await other.run(NOON + MINUTE);
    const stale = {
      ...couch,
      many: async (ids: readonly string[]) => ids.map((id) => before.find(({ _id }) => _id === id)),
    };
    const mine = world(stale);
    mine.state.list = state.list;
    expect(await mine.run(NOON + MINUTE)).to.deep.equal({ counted: 0, isUpToDate: false });
    expect(count()).to.deep.equal(successes(1));
  });

  it('goes on where it was, in windows of 15 minutes, and begins none that its time may not suffice for', async () => {
    const { state, run, count } = world();
    await run();
    state.list = [1, 2, 3, 4].map((n) => ran(`a${n}`, NOON + n * 14 * MINUTE));
    state.pageMs = 16_000;
    const later = NOON + 60 * MINUTE;
    expect(await run(later)).to.deep.equal({ counted: 1, isUpToDate: false });
    state.pageMs = 0;
    expect(await run(later)).to.deep.equal({ counted: 3, isUpToDate: true });
    expect(count()).to.deep.equal(successes(4));
  });

  it('takes a smaller window if one has too many pages', async () => {
    const { state, run, count } = world();
    state.list = Array.from({ length: 300 }, (_, n) => ran(`a${n}`, NOON - n * 1_000));
    expect(await run()).to.deep.equal({ counted: 300, isUpToDate: true });
    expect(count()).to.deep.equal(successes(300));
  });

  it('leaves a malformed document alone, and counts the others', async () => {
    const { state, run, couch, count } = world();
    couch.seed({ _id: 'stat:sweep', schema: 1, type: 'stat', action: 'sweep', invocations: {} });
    state.list = [ran('a', NOON - 1), ran('s', NOON - 1, { path: 'guest/cascade/sweep' })];
    expect(await run()).to.deep.equal({ counted: 1, isUpToDate: true });
    expect(count()).to.deep.equal(successes(1));
    expect(count('sweep')).to.deep.equal({});
  });
});
