import { expect } from 'chai';
import { type AppState, appStateFrom } from '../../../src/core/desk/app-state.ts';
import type { TicketId } from '../../../src/core/desk/notice.ts';
import { type AppStanding, appStandings, type KnownApps } from '../../../src/core/graph/app-standing.ts';
import { chainGraph } from '../../../src/core/graph/chain-graph.ts';
import type { JoinMemory } from '../../../src/core/joins/apply-end.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { ReloadId } from '../../../src/core/names.ts';
import type { OrderFact } from '../../../src/core/runs/facts.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { at, ended, ordered } from '../runs/some-facts.ts';
import { chainsOf, composite, link } from './some-chains.ts';

const NOW = at('08:00');

/** How app `b` stands in a chain a → b. */
function standing(
  state: AppState | undefined,
  orders: readonly OrderFact[] = [],
  compiled: CompiledChains = chainsOf(link('a', 'b')),
  joins: KnownApps['joins'] = new Map(),
): AppStanding | undefined {
  const states = new Map(state === undefined ? [] : [['app:default:b', state]]);
  const graph = chainGraph(compiled);
  return appStandings(graph, { states, orders, joins }, NOW)[graph.numberOf.get('default/b') ?? -1];
}

const stateAfter = (outcome: 'succeeded' | 'failed' | 'canceled' | 'exceeded-limit'): AppState =>
  appStateFrom(ended('b', 'r1', '07:06', { outcome }));

describe('how an app stands', () => {
  it('is its last end', () => {
    expect(standing(undefined)).to.deep.equal({ standing: 'never-ran', waitsFor: 0 });
    expect(standing(stateAfter('succeeded'))).to.deep.equal({ standing: 'succeeded', at: at('07:06'), waitsFor: 0 });
    expect(standing(stateAfter('failed'))).to.deep.equal({ standing: 'failed', at: at('07:06'), waitsFor: 0 });
    expect(standing(stateAfter('exceeded-limit'))?.standing).to.equal('failed');
    expect(standing(stateAfter('canceled'))).to.deep.equal({ standing: 'canceled', at: at('07:06'), waitsFor: 0 });
  });

  it('is failed since the first failure, also if a canceled reload came after it', () => {
    const failing = { since: at('03:00'), first: 'r0' as ReloadId, times: 2, lastFailedAt: at('05:00') };
    const state = { ...stateAfter('canceled'), failing: { ...failing, ticket: 't' as TicketId } };
    expect(standing(state)).to.deep.equal({ standing: 'failed', at: at('03:00'), waitsFor: 0 });
  });

  it('is running while an order’s reload runs, whatever was before', () => {
    const running = ordered('b', 'r9', '07:10', { state: 'posted', postedAt: at('07:11') });
    expect(standing(stateAfter('failed'), [running])).to.deep.equal({
      standing: 'running',
      at: at('07:11'),
      waitsFor: 0,
    });
  });

  it('is waiting while an order is owed, but an app that fails stays failed', () => {
    for (const state of ['planned', 'claimed', 'unknown', 'parked', 'waiting'] as const) {
      const owed = ordered('b', 'r9', '07:10', { state });
      expect(standing(stateAfter('succeeded'), [owed])).to.deep.equal({
        standing: 'waiting',
        at: at('07:10'),
        waitsFor: 0,
      });
      expect(standing(stateAfter('failed'), [owed])?.standing).to.equal('failed');
    }
    for (const state of ['ended', 'merged', 'called-off'] as const) {
      expect(standing(stateAfter('succeeded'), [ordered('b', 'r9', '07:10', { state })])?.standing).to.equal(
        'succeeded',
      );
    }
  });

  it('is trying again while an order waits for another attempt, which one, and when it comes', () => {
    const policy = { retry: { attempts: 2, delay: 300_000 as DurationMs } };
    const first = ended('b', 'r9', '07:20', { outcome: 'failed' });
    // The failure does not count: another attempt follows.
    const state = { ...stateAfter('succeeded'), last: first };
    const retry = (more: Partial<OrderFact>) =>
      ordered('b', 'r8', '07:10', { try: 2, ends: ['r9' as ReloadId], policy, ...more });
    expect(standing(state, [retry({ state: 'waiting', dueAt: at('08:05') })])).to.deep.equal({
      ...{ standing: 'retrying', at: at('07:20'), waitsFor: 0 },
      attempt: { words: 'attempt 2 of 3', at: at('08:05') },
    });
    expect(standing(state, [retry({ state: 'claimed', dueAt: at('08:05') })])).to.deep.equal({
      ...{ standing: 'retrying', at: at('07:20'), waitsFor: 0, attempt: { words: 'attempt 2 of 3' } },
    });
    expect(standing(state, [retry({ state: 'posted', postedAt: at('07:25') })])).to.deep.equal({
      ...{ standing: 'running', at: at('07:25'), waitsFor: 0, attempt: { words: 'attempt 2 of 3' } },
    });
    expect(standing(stateAfter('failed'), [retry({ state: 'waiting', dueAt: at('08:05') })])).to.deep.equal({
      ...{ standing: 'failed', at: at('07:06'), waitsFor: 0 },
      attempt: { words: 'attempt 2 of 3', at: at('08:05') },
    });
    expect(standing(state, [retry({ state: 'ended', outcome: 'failed' })])).not.to.have.property('attempt');
  });

  it('is that of its own orders only', () => {
    expect(standing(stateAfter('succeeded'), [ordered('a', 'r9', '07:10')])?.standing).to.equal('succeeded');
  });

  it('is failed after its order was given up, until it ends again', () => {
    const givenUp = ordered('b', 'r9', '07:10', { state: 'gave-up', gaveUpAt: at('07:12') });
    expect(standing(stateAfter('succeeded'), [givenUp])).to.deep.equal({
      standing: 'failed',
      at: at('07:12'),
      waitsFor: 0,
    });
    const before = ordered('b', 'r8', '07:00', { state: 'gave-up', gaveUpAt: at('07:01') });
    expect(standing(stateAfter('succeeded'), [before])?.standing).to.equal('succeeded');
  });

  it('is late if it has missed a deadline', () => {
    const state = { ...stateAfter('succeeded'), late: { deadline: at('07:30'), to: [] } };
    expect(standing(state)).to.deep.equal({ standing: 'late', at: at('07:30'), waitsFor: 0 });
  });

  it('is disabled if all its chains are, whatever its last end was', () => {
    const paused = chainsOf(link('a', 'b', { paused: true }));
    expect(standing(stateAfter('succeeded'), [], paused)?.standing).to.equal('disabled');
    expect(standing(stateAfter('failed'), [], paused)?.standing).to.equal('failed');
    expect(standing(undefined, [], chainsOf(link('a', 'b', { paused: true }), link('b', 'c')))?.standing).to.equal(
      'never-ran',
    );
  });

  it('is waiting if some of the apps have ended that it waits for, and counts the others', () => {
    const compiled = chainsOf(...composite('b', { a: 'succeeded', c: 'succeeded', d: 'succeeded' }, 3));
    const half = { app: 'default/a', reloadId: 'r1' as ReloadId, endedAt: at('07:00'), outcome: 'succeeded' } as const;
    const joins = (log: JoinMemory['log']) => new Map([['join:default:b:j1', { baseHalves: [], log }]]);
    expect(standing(stateAfter('succeeded'), [], compiled, joins([half]))).to.deep.equal({
      standing: 'waiting',
      at: at('07:00'),
      waitsFor: 2,
    });
    expect(standing(stateAfter('failed'), [], compiled, joins([half]))).to.deep.equal({
      standing: 'failed',
      at: at('07:06'),
      waitsFor: 2,
    });
    expect(standing(stateAfter('succeeded'), [], compiled, joins([]))?.waitsFor).to.equal(0);
    // 6 hours and a minute before now: this end counts no more.
    const old = { ...half, endedAt: at('01:59') };
    expect(standing(stateAfter('succeeded'), [], compiled, joins([old]))?.standing).to.equal('succeeded');
  });
});
