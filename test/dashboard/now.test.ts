import { expect } from 'chai';
import { followWords } from '../../dashboard/model/follow-words.ts';
import { nextInDirection } from '../../dashboard/model/next-in-direction.ts';
import { hrefToNow, readNowAddress, wheeled, zoomed } from '../../dashboard/model/now-address.ts';
import { drawApps, type NowLine, nameOfLine } from '../../dashboard/model/now-lines.ts';
import { drawnBox, partFinder } from '../../dashboard/model/visible-part.ts';
import { parseRoute } from '../../dashboard/routes.ts';
import { chainGraph } from '../../src/core/graph/chain-graph.ts';
import type { ChainName } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { chainsOf, composite, link } from '../core/graph/some-chains.ts';

describe('the address of the view Now', () => {
  const read = (fragment: string) => readNowAddress(parseRoute(fragment));

  it('has the app, the filter, the table, and the part of the graph that is seen', () => {
    const address = {
      selected: 'default/a',
      filter: '+a chain:sales',
      isTable: true,
      viewport: { x: -10, y: 20, zoom: 0.5 },
    } as const;
    const href = hrefToNow(address);
    expect(href).to.equal('#/now/default%2Fa?filter=%2Ba+chain%3Asales&as=table&at=-10%2C20%2C0.50');
    expect(read(href)).to.deep.equal(address);
  });

  it('is short if there is nothing to say', () => {
    expect(hrefToNow({ filter: '', isTable: false })).to.equal('#/now');
    expect(read('#/now')).to.deep.equal({ filter: '', isTable: false });
  });

  it('leaves out what it does not understand', () => {
    for (const at of ['', '1', '1,2', '1,2,', 'a,2,1', '1,2,9', '1,2,0.1', '1,2,1,4', '1,Infinity,1']) {
      expect(read(`#/now/nonsense?at=${at}&as=poem`)).to.deep.equal({ filter: '', isTable: false });
    }
  });
});

describe('a zoom', () => {
  it('keeps the point where it is', () => {
    expect(zoomed({ x: 100, y: 50, zoom: 1 }, 2, { x: 40, y: 20 })).to.deep.equal({ x: 120, y: 60, zoom: 2 });
  });

  it('goes from 0.2 to 2', () => {
    expect(zoomed({ x: 0, y: 0, zoom: 1 }, 10, { x: 0, y: 0 }).zoom).to.equal(2);
    expect(zoomed({ x: 0, y: 0, zoom: 1 }, 0.01, { x: 0, y: 0 }).zoom).to.equal(0.2);
  });
});

describe('the wheel', () => {
  const room = {
    ...{ start: { x: -12, y: -12 }, drawing: { width: 1_000, height: 500 }, frame: { width: 600, height: 524 } },
  };
  const at = { x: 0, y: -12, zoom: 1 };

  it('moves the graph as far as it goes', () => {
    expect(wheeled(at, { x: 30, y: 0 }, room)).to.deep.equal({ x: 30, y: -12, zoom: 1 });
    expect(wheeled(at, { x: 9_000, y: 0 }, room)).to.deep.equal({ x: 412, y: -12, zoom: 1 });
    expect(wheeled(at, { x: -9_000, y: 0 }, room)).to.deep.equal({ x: -12, y: -12, zoom: 1 });
    expect(wheeled({ ...at, zoom: 2 }, { x: 30, y: 9_000 }, room)).to.deep.equal({ x: 15, y: 250, zoom: 2 });
  });

  it('is the page’s if the graph does not go on', () => {
    expect(wheeled(at, { x: 0, y: 30 }, room)).to.equal(undefined);
    expect(wheeled(at, { x: 0, y: -30 }, room)).to.equal(undefined);
    expect(wheeled({ ...at, x: 412 }, { x: 30, y: 0 }, room)).to.equal(undefined);
  });

  it('leaves a graph where a pointer has taken it, beyond its end', () => {
    expect(wheeled({ ...at, x: 700 }, { x: 30, y: 0 }, room)).to.equal(undefined);
    expect(wheeled({ ...at, x: 700 }, { x: -30, y: 0 }, room)).to.deep.equal({ x: 670, y: -12, zoom: 1 });
  });
});

describe('what is drawn of a graph', () => {
  it('changes only in steps of 200 pixels, and covers what is seen', () => {
    const box = { x: 0, y: 400, width: 1_200, height: 600 };
    expect(drawnBox({ x: 10, y: 410, zoom: 1 }, 1_000, 500)).to.deep.equal(box);
    expect(drawnBox({ x: 190, y: 490, zoom: 1 }, 1_000, 500)).to.deep.equal(box);
    expect(drawnBox({ x: 0, y: 0, zoom: 0.5 }, 1_000, 500)).to.deep.equal({ x: 0, y: 0, width: 2_200, height: 1_200 });
  });

  it('is what touches the box: nodes, bands, and lines that pass through it', () => {
    const drawing = drawApps(chainGraph(chainsOf(link('a', 'b'), link('b', 'c'), link('a', 'c'))), new Set([0, 1, 2]));
    // Inside the second app and below it. Of the lines, only the one from a to c passes there.
    const partIn = partFinder(drawing);
    expect(partIn({ x: 270, y: 0, width: 100, height: 100 })).to.deep.equal({
      nodes: [1],
      edges: [1],
      bands: [0],
    });
    expect(partIn({ x: 5_000, y: 0, width: 100, height: 100 })).to.deep.equal({
      nodes: [],
      edges: [],
      bands: [],
    });
  });
});

describe('the arrow keys', () => {
  //      0 ─ 1
  //      2   3   4
  const boxes = [
    [0, 0],
    [248, 10],
    [0, 60],
    [248, 70],
    [496, 70],
  ].map(([x = 0, y = 0]) => ({ x, y, width: 176, height: 40 }));
  const next = (from: number, direction: 'left' | 'right' | 'up' | 'down') =>
    nextInDirection({ nodes: boxes }, from, direction);

  it('go to the nearest app of the next layer, or to the next app of the same one', () => {
    expect(next(0, 'right')).to.equal(1);
    expect(next(2, 'right')).to.equal(3);
    expect(next(1, 'right')).to.equal(4);
    expect(next(4, 'left')).to.equal(3);
    expect(next(0, 'down')).to.equal(2);
    expect(next(3, 'up')).to.equal(1);
  });

  it('stay if there is none', () => {
    expect(next(0, 'left')).to.equal(0);
    expect(next(0, 'up')).to.equal(0);
    expect(next(4, 'right')).to.equal(4);
    expect(next(4, 'down')).to.equal(4);
    expect(nextInDirection({ nodes: [] }, 0, 'up')).to.equal(0);
  });
});

describe('an app of the view Now', () => {
  const graph = chainGraph(
    chainsOf(
      link('a', 'b', { on: 'failed' }),
      link('a', 'b', { chain: 'board' as ChainName, on: 'any', paused: true }),
      ...composite('c', { a: 'succeeded', b: 'succeeded', d: 'succeeded' }, 2),
    ),
  );

  it('has a name that says how it stands, since when, and for how many apps it waits', () => {
    const app = graph.apps[0];
    if (app === undefined) throw new Error('The graph has no app.');
    const line: NowLine = { app, state: 'failed', at: 0 as EpochMs, waitsFor: 0 };
    expect(nameOfLine(line, () => '07:06')).to.equal('A, failed 07:06, waits for 0');
    expect(nameOfLine({ app, state: 'never-ran', waitsFor: 2 }, () => '')).to.equal('A, never ran, waits for 2');
    const attempt = { words: 'attempt 2 of 3', at: 2 as EpochMs };
    const clock = (at: EpochMs) => `07:0${at}`;
    expect(nameOfLine({ app, state: 'retrying', at: 1 as EpochMs, attempt, waitsFor: 0 }, clock)).to.equal(
      'A, attempt 2 of 3 at 07:02, after a failure, waits for 0',
    );
  });

  it('says what it follows and what follows it, and when', () => {
    const [a, b] = graph.apps;
    if (a === undefined || b === undefined) throw new Error('The graph has no apps.');
    expect(followWords(a, graph)).to.deep.equal({
      upstreams: [],
      followers: ['B, if it failed or in any case, paused', 'C, when 2 of 3 have ended'],
    });
    expect(followWords(b, graph).upstreams).to.deep.equal(['A, if it failed or in any case, paused']);
  });

  it('is drawn with its chain, also if only some apps are', () => {
    const some = drawApps(graph, new Set([0, 2]));
    expect(some.apps).to.deep.equal([0, 2]);
    expect(some.nodes).to.have.length(2);
    expect(some.drawnEdges.map((edge) => [graph.edges[edge]?.from, graph.edges[edge]?.to])).to.deep.equal([[0, 2]]);
    expect(some.chains).to.deep.equal(['sales']);
  });
});
