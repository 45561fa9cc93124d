import { expect } from 'chai';
import { TREE_LIMITS, type Tree, treeOf } from '../../../actions/chains/tree-of.ts';
import type { ChainContent } from '../../../src/core/chains/chain-file.ts';
import { linksByChain } from '../../../src/core/chains/home-chains.ts';
import { compiledOf } from './support/compiled-of.ts';

function treeFor(content: ChainContent | readonly ChainContent[], limits = {}): Tree {
  const compiled = compiledOf(...[content].flat());
  return treeOf([...linksByChain(compiled).values()].flat(), compiled.apps, { ...TREE_LIMITS, ...limits });
}

const keysOf = ({ rows }: Tree): string[][] => rows.map(({ treeKey, treeParentKey }) => [treeKey, treeParentKey]);

const diamond = {
  chain: 'x',
  apps: { a: { id: 'a1' }, b: { id: 'b1' }, c: { id: 'c1' }, d: { id: 'd1', name: 'Last' }, e: { id: 'e1' } },
  reloads: [
    { app: 'b', after: 'a' },
    { app: 'c', after: 'a' },
    { app: 'd', after: ['b', { app: 'c', on: 'failed' as const }] },
    { app: 'e', after: 'd' },
  ],
};

/** `a` is followed by n apps. */
const fan = (n: number): ChainContent => {
  const names = Array.from({ length: n }, (_, index) => `n${index + 1}`);
  return {
    chain: 'fan',
    apps: { a: { id: 'a1' }, ...Object.fromEntries(names.map((name) => [name, { id: `id-${name}` }])) },
    reloads: names.map((app) => ({ app, after: 'a' })),
  };
};

/** Each app follows the one before; n apps. */
const line = (n: number): ChainContent => {
  const names = Array.from({ length: n }, (_, index) => `n${index + 1}`);
  return {
    chain: 'line',
    apps: Object.fromEntries(names.map((name) => [name, { id: `id-${name}` }])),
    reloads: names.slice(1).map((app, index) => ({ app, after: names[index] ?? '' })),
  };
};

describe('The tree for the org chart', () => {
  it('repeats the lower part of a diamond under each of its upper ends', () => {
    const tree = treeFor(diamond);
    expect(keysOf(tree)).to.deep.equal([
      ['x/a', 'ROOT'],
      ['x/a > x/b', 'x/a'],
      ['x/a > x/c', 'x/a'],
      ['x/a > x/b > x/d', 'x/a > x/b'],
      ['x/a > x/c > x/d', 'x/a > x/c'],
      ['x/a > x/b > x/d > x/e', 'x/a > x/b > x/d'],
      ['x/a > x/c > x/d > x/e', 'x/a > x/c > x/d'],
    ]);
    expect(tree.cut).to.equal(null);
    expect(tree.rows[4]).to.deep.equal({
      treeKey: 'x/a > x/c > x/d',
      treeParentKey: 'x/a > x/c',
      treeLabel: 'Last',
      nodeId: 'default/d1',
      treeDepth: 3,
      treeChains: 'x',
      treeOn: 'failed',
    });
    expect(tree.rows[0]).to.include({ treeDepth: 1, treeChains: 'x', treeOn: '' });
  });

  it('has one branch for several links between the same two apps', () => {
    const link = { app: 'b', after: { app: 'a', on: 'succeeded' as const } };
    const tree = treeFor([
      { chain: 'one', apps: { a: { id: 'a1' }, b: { id: 'b1' } }, reloads: [link] },
      { chain: 'two', reloads: [{ app: 'one/b', after: { app: 'one/a', on: 'failed' }, name: 'retry' }] },
    ]);
    expect(keysOf(tree)).to.deep.equal([
      ['one/a', 'ROOT'],
      ['one/a > one/b', 'one/a'],
    ]);
    expect(tree.rows[0]).to.include({ treeChains: 'one, two', treeOn: '' });
    expect(tree.rows[1]).to.include({ treeChains: 'one, two', treeOn: 'succeeded, failed' });
  });

  it('writes an app that no file names by tenant and id', () => {
    const tree = treeFor({
      chain: 'x',
      apps: { b: { id: 'b1' } },
      reloads: [{ app: 'b', after: 'b4a3cf85-0000-4000-8000-000000000001' }],
    });
    expect(keysOf(tree)[0]).to.deep.equal(['#default/b4a3cf85-0000-4000-8000-000000000001', 'ROOT']);
  });

  it('shows 99 apps after one app, as many as the org chart does, and says how many more there are', () => {
    expect(treeFor(fan(99)).cut).to.equal(null);
    const { rows, cut } = treeFor(fan(101));
    expect(rows).to.have.length(100);
    expect(cut).to.deep.equal({ branches: 2, why: 'more than 99 apps after one app: 2 left out' });
  });

  it('shows 99 roots and says how many more there are', () => {
    const chains = Array.from({ length: 100 }, (_, index) => ({ ...line(2), chain: `c${index + 1}` })).map(
      (content) => ({
        ...content,
        apps: { n1: { id: `${content.chain}-1` }, n2: { id: `${content.chain}-2` } },
      }),
    );
    const { rows, cut } = treeFor(chains);
    expect(rows).to.have.length(198);
    expect(cut).to.deep.equal({ branches: 1, why: 'more than 99 roots: 1 left out' });
  });

  it('ends at the 50th level and says how many branches go on', () => {
    expect(treeFor(line(50)).cut).to.equal(null);
    const { rows, cut } = treeFor(line(60));
    expect(rows).to.have.length(50);
    expect(cut).to.deep.equal({ branches: 1, why: 'deeper than 50: 1 left out' });
  });

  it('ends at the 1000th node, upper levels first, though the whole would have millions', () => {
    // 24 layers of two apps each, every app after both of the layer above: 2^25 - 2 nodes below two roots.
    const layers = Array.from({ length: 24 }, (_, layer) => [`a${layer}`, `b${layer}`]);
    const { rows, cut } = treeFor({
      chain: 'wide',
      apps: Object.fromEntries(layers.flat().map((name) => [name, { id: `id-${name}` }])),
      reloads: layers.slice(1).flatMap((names, layer) => names.map((app) => ({ app, after: layers[layer] ?? [] }))),
    });
    expect(rows).to.have.length(1_000);
    // Levels 1 to 8 have 2 + 4 + … + 256 = 510 nodes; 490 of the 512 on level 9 fit. Left out: the other 22 of them,
    // and the two branches below each of the 490.
    expect(rows[999]).to.include({ treeDepth: 9 });
    expect(cut).to.deep.equal({ branches: 1_002, why: 'more than 1000 nodes: 1002 left out' });
  });

  it('ends before the answer is too large for OpenWhisk, and says so', () => {
    const { rows, cut } = treeFor(fan(10), { bytes: 800 });
    expect(rows.length).to.be.within(2, 10);
    expect(cut).to.deep.equal({ branches: 11 - rows.length, why: `more than 800 bytes: ${11 - rows.length} left out` });
  });

  it('names every limit that was met', () => {
    const { cut } = treeFor(diamond, { depth: 3, children: 1 });
    expect(cut).to.deep.equal({
      branches: 2,
      why: 'more than 1 apps after one app: 1 left out; deeper than 3: 1 left out',
    });
  });

  it('gives each node a key of its own and a parent that is there, whatever was cut', () => {
    for (const tree of [treeFor(diamond), treeFor(fan(120)), treeFor(diamond, { rows: 5 }), treeFor(line(80))]) {
      const keys = tree.rows.map(({ treeKey }) => treeKey);
      expect(new Set(keys).size).to.equal(keys.length);
      expect([...keys, 'ROOT']).to.include.members(tree.rows.map(({ treeParentKey }) => treeParentKey));
    }
  });
});
