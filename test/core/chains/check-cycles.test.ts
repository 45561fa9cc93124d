import { expect } from 'chai';
import fc from 'fast-check';
import type { ChainFile } from '../../../src/core/chains/chain-file.ts';
import { compileChains } from '../../support/compile-chains.ts';
import { chain } from './chain-builders.ts';

type Edge = readonly [from: string, to: string];

const cyclesIn = (files: ChainFile[]): string[] =>
  compileChains(files)
    .problems.filter(({ code }) => code === 'CYCLE')
    .map(({ message }) => /: (.*)\. /.exec(message)?.[1] ?? message)
    .sort();

/** One chain file for each edge's `chains` number. */
const filesOf = (edges: readonly Edge[], nodes: readonly string[], fileCount = 1): ChainFile[] =>
  Array.from({ length: fileCount }, (_, number) => {
    const own = edges.filter((_edge, position) => position % fileCount === number);
    const reloads = own.map(([from, to]) => ({ app: `all/${to}`, after: `all/${from}` }));
    return chain(`c${number}`, reloads, []);
  }).concat(chain('all', [], [...nodes]));

/** Every elementary cycle as Cascade writes it, by walking every simple path from each least node: slow and plain. */
function naiveCycles(edges: readonly Edge[], nodes: readonly string[]): string[] {
  const cycles: string[] = [];
  const walk = (path: string[]): void => {
    for (const [from, to] of edges) {
      if (from !== path.at(-1)) continue;
      if (to === path[0]) cycles.push([...path, to].map((node) => `all/${node}`).join(' → '));
      else if (!path.includes(to) && to > (path[0] ?? '')) walk([...path, to]);
    }
  };
  for (const node of nodes) walk([node]);
  return cycles.sort();
}

const NODES = ['a', 'b', 'c', 'd', 'e'];

describe('cycles of chains', () => {
  it('are told with their whole path, at the first link, with the places of the others', () => {
    const { problems } = compileChains([
      chain(
        'night',
        [
          { app: 'b', after: 'a' },
          { app: 'c', after: 'b' },
        ],
        ['a', 'b', 'c'],
      ),
      chain('day', [{ app: 'night/a', after: { app: 'night/c', on: 'failed' } }], []),
    ]);
    expect(problems).to.deep.equal([
      {
        severity: 'error',
        code: 'CYCLE',
        message:
          'These apps would reload each other for ever: night/a → night/b → night/c → night/a. Remove one of the links.',
        file: 'night.yaml',
        path: ['reloads', 0, 'after'],
        also: [
          { file: 'night.yaml', path: ['reloads', 1, 'after'] },
          { file: 'day.yaml', path: ['reloads', 0, 'after'] },
        ],
      },
    ]);
  });

  it('are found through a chain that is not enabled, because it may be enabled again', () => {
    const paused = { chain: 'b', enabled: false, reloads: [{ app: 'a/x', after: 'a/y' }] };
    const files = [chain('a', [{ app: 'y', after: 'x' }], ['x', 'y']), { file: 'b.yaml', content: paused }];
    expect(cyclesIn(files)).to.deep.equal(['a/x → a/y → a/x']);
  });

  it('are told once where two chains have the same link', () => {
    const both = [
      { app: 'a/y', after: 'a/x' },
      { app: 'a/x', after: 'a/y' },
    ];
    expect(cyclesIn([chain('a', [], ['x', 'y']), chain('b', both, []), chain('c', both, [])])).to.deep.equal([
      'a/x → a/y → a/x',
    ]);
  });

  it('are all found, and nothing else, in 10,000 random graphs over one to three files', () => {
    const node = fc.constantFrom(...NODES);
    const edges = fc.uniqueArray(fc.tuple(node, node), { maxLength: 14, selector: (edge) => edge.join() });
    fc.assert(
      fc.property(edges, fc.integer({ min: 1, max: 3 }), (drawn, fileCount) => {
        expect(cyclesIn(filesOf(drawn, NODES, fileCount))).to.deep.equal(naiveCycles(drawn, NODES));
      }),
      { numRuns: 10_000 },
    );
  });

  it('are listed up to 100 where a group has more, and it says so', () => {
    // Seven apps that all follow each other have 1,112 cycles of two or more and seven of one.
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const edges = names.flatMap((from) => names.map((to): Edge => [from, to]));
    const found = cyclesIn(filesOf(edges, names));
    expect(found).to.have.length(101);
    expect(new Set(found).size).to.equal(101);
    expect(found.join()).to.contain('7 apps here all follow each other in more than 100 cycles; 100 are listed');
  });

  it('are found in a ring of 20,000 apps, without overflowing the stack', () => {
    const nodes = Array.from({ length: 20_000 }, (_, number) => `n${number}`);
    const ring = nodes.map((from, number): Edge => [from, `n${(number + 1) % 20_000}`]);
    const [found = '', ...others] = cyclesIn(filesOf(ring, nodes));
    expect(others).to.deep.equal([]);
    expect(found).to.match(/^all\/n0 → all\/n1 → .* → all\/n49 → … 19950 more … → all\/n0$/);
  });

  it('are the same whatever the order of the files', () => {
    const node = fc.constantFrom(...NODES);
    const arrangement = fc
      .array(fc.tuple(node, node), { maxLength: 12 })
      .map((edges) => filesOf(edges, NODES, 4))
      .chain((files) => fc.tuple(fc.constant(files), fc.shuffledSubarray(files, { minLength: files.length })));
    fc.assert(
      fc.property(arrangement, ([files, shuffled]) => {
        expect(compileChains(shuffled)).to.deep.equal(compileChains(files));
      }),
      { numRuns: 1_000 },
    );
  });
});
