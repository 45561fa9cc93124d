import { expect } from 'chai';
import { appsBehindFailure, type IfItEnded, ifItEnded } from '../../../src/core/graph/if-it-ended.ts';
import type { Link } from '../../../src/core/link.ts';
import { appKey } from '../../../src/core/names.ts';
import type { Outcome } from '../../../src/core/reload-finished.ts';
import { app, chainsOf, composite, link } from './some-chains.ts';

function ifA(outcome: Outcome, ...links: readonly Link[]) {
  const { starts, countsFor, waitOn, stops }: IfItEnded = ifItEnded(app('a'), outcome, chainsOf(...links));
  return {
    starts: starts.map((start) => `${start.app.appId} in ${start.chain}`),
    countsFor: countsFor.map(({ target }) => appKey(target)),
    waitOn: waitOn.map(({ target }) => appKey(target)),
    stops,
  };
}

const NOTHING = { starts: [], countsFor: [], waitOn: [], stops: [] };

describe('if an app failed', () => {
  it('what follows its success would not start, nor what is behind that', () => {
    const links = [link('a', 'b'), link('b', 'c')];
    expect(ifA('failed', ...links)).to.deep.equal({ ...NOTHING, stops: ['default/b', 'default/c'] });
    expect(ifA('succeeded', ...links)).to.deep.equal({ ...NOTHING, starts: ['b in sales'] });
  });

  it('what follows its failure would start', () => {
    const links = [link('a', 'b'), link('a', 'repair', { on: 'failed' }), link('a', 'log', { on: 'any' })];
    expect(ifA('failed', ...links)).to.deep.equal({
      ...NOTHING,
      starts: ['repair in sales', 'log in sales'],
      stops: ['default/b'],
    });
  });

  it('an app that the other way leads to, too, would not stop', () => {
    const links = [link('a', 'b'), link('b', 'c'), link('a', 'repair', { on: 'failed' }), link('repair', 'c')];
    expect(ifA('failed', ...links).stops).to.deep.equal(['default/b']);
  });

  it('a link that waits for several apps would wait on, or count the end if it waits for any', () => {
    const strict = composite('c', { a: 'succeeded', b: 'succeeded' }, 2);
    expect(ifA('failed', ...strict)).to.deep.equal({ ...NOTHING, waitOn: ['default/c'], stops: ['default/c'] });
    const any = composite('c', { a: 'any', b: 'succeeded' }, 2);
    expect(ifA('failed', ...any)).to.deep.equal({ ...NOTHING, countsFor: ['default/c'] });
  });

  it('a paused chain would do nothing, and misses nothing', () => {
    expect(ifA('failed', link('a', 'b', { paused: true }))).to.deep.equal(NOTHING);
    expect(ifA('succeeded', link('a', 'b', { paused: true }))).to.deep.equal(NOTHING);
  });
});

describe('behind an app that has failed', () => {
  it('waits what only its success reloads, and not what follows in any case, nor what that leads to', () => {
    const { links } = chainsOf(
      link('import', 'dashboard'),
      link('dashboard', 'archive', { on: 'any' }),
      link('import', 'repair', { on: 'failed' }),
      link('import', 'log', { on: 'any' }),
      ...composite('figures', { log: 'any', report: 'succeeded' }, 2),
      link('figures', 'slides'),
    );
    expect(appsBehindFailure(app('import'), links)).to.deep.equal(['default/dashboard', 'default/archive']);
  });
});
