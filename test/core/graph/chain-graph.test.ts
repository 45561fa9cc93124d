import { expect } from 'chai';
import { chainGraph } from '../../../src/core/graph/chain-graph.ts';
import type { ChainName } from '../../../src/core/names.ts';
import { chainsOf, composite, link } from './some-chains.ts';

const other = 'board' as ChainName;

describe('the graph of the chains', () => {
  it('has each app once, with its home chain and all its chains', () => {
    const { apps } = chainGraph(chainsOf(link('b', 'a'), link('b', 'c', { chain: other })));
    expect(apps.map(({ key, home, chains }) => [key, home, chains])).to.deep.equal([
      ['default/a', 'sales', ['sales']],
      ['default/b', 'sales', ['board', 'sales']],
      ['default/c', 'sales', ['board']],
    ]);
  });

  it('takes an app that no file lists into the first chain that has a link with it', () => {
    const compiled = chainsOf(link('a', 'b'), link('a', 'b', { chain: other }));
    const { apps } = chainGraph({ links: compiled.links, apps: {} });
    expect(apps.map(({ home, label, names }) => [home, label, names])).to.deep.equal([
      ['board', 'a', []],
      ['board', 'b', []],
    ]);
  });

  it('has one edge for all links between two apps', () => {
    const failed = link('a', 'b', { on: 'failed', clause: 'repair' });
    const { edges } = chainGraph(chainsOf(link('a', 'b'), failed, link('b', 'c')));
    expect(edges.map(({ from, to, links }) => [from, to, links.map(({ on }) => on)])).to.deep.equal([
      [0, 1, ['succeeded', 'failed']],
      [1, 2, ['succeeded']],
    ]);
  });

  it('has each link that waits for several apps once, at its target', () => {
    const { composites, edges } = chainGraph(chainsOf(...composite('c', { a: 'succeeded', b: 'any' }, 2)));
    expect([...composites.keys()]).to.deep.equal([2]);
    const [first, ...more] = composites.get(2) ?? [];
    expect(more).to.deep.equal([]);
    expect(first?.id).to.equal('join:default:c:j1');
    expect(first?.link.join.of).to.deep.equal({ 'default/a': 'succeeded', 'default/b': 'any' });
    expect(edges.map(({ from, to }) => [from, to])).to.deep.equal([
      [0, 2],
      [1, 2],
    ]);
  });

  it('shows a link of two chains as paused only if both are', () => {
    const paused = composite('c', { a: 'any', b: 'any' }, 2).map((each) => ({ ...each, paused: true, chain: other }));
    const both = chainsOf(...composite('c', { a: 'any', b: 'any' }, 2), ...paused);
    expect(chainGraph(both).composites.get(2)?.[0]?.link.paused).to.equal(false);
    expect(chainGraph(both).apps.map(({ isPaused }) => isPaused)).to.deep.equal([false, false, false]);
    expect(chainGraph(chainsOf(...paused)).apps.map(({ isPaused }) => isPaused)).to.deep.equal([true, true, true]);
  });

  it('does not depend on the order of the links’ apps', () => {
    const one = chainGraph(chainsOf(link('a', 'b'), link('c', 'd')));
    const turned = chainGraph(chainsOf(link('c', 'd'), link('a', 'b')));
    expect(turned).to.deep.equal(one);
  });

  it('survives an app that follows itself', () => {
    const { apps, edges } = chainGraph(chainsOf(link('a', 'a')));
    expect(apps).to.have.length(1);
    expect(edges.map(({ from, to }) => [from, to])).to.deep.equal([[0, 0]]);
  });

  it('is empty without chains', () => {
    expect(chainGraph({ links: {}, apps: {} }).apps).to.deep.equal([]);
  });
});
