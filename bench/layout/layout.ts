import { fileURLToPath } from 'node:url';
import dagre from '@dagrejs/dagre';
import { instance, type Viz } from '@viz-js/viz';
import { build } from 'esbuild';
import { DRAWING_SIZES, type GraphToDraw, type layOutGraph } from '../../src/core/graph/layout/lay-out-graph.ts';
import type { Bench } from '../bench.ts';
import { seededRandom } from '../seeded-random.ts';
import { median } from '../statistics.ts';
import { drawnCrossings } from './drawn-crossings.ts';
import { graphvizLines } from './graphviz.ts';
import { randomChains } from './random-chains.ts';

const GRAPHS = 20;
const [FEWEST_APPS, MOST_APPS] = [50, 1_000];
const ROUNDS = 5;
/** Above this number of apps dagre runs only once, as it takes seconds. */
const ONCE_ABOVE = 300;
const SEED = 20_261_130;

const MOST_OF_DAGRE = 0.05;
const MOST_OF_GRAPHVIZ = 1.3;

type LayOut = typeof layOutGraph;

/** The measurements of one graph. Times are in milliseconds. */
interface Measured {
  readonly ms: number;
  readonly dagreMs: number;
  readonly crossings: number;
  readonly grouped: number;
  readonly ungrouped: number;
}

/** Measures how long the layout of the chains takes beside dagre, and how many edges cross beside Graphviz. */
export const layoutBench: Bench = {
  name: 'layout',
  about: `the drawing of ${GRAPHS} random chain graphs of ${FEWEST_APPS} to ${MOST_APPS} apps, beside dagre and Graphviz`,
  async run(say) {
    const [layOut, viz] = [await bundledLayout(), await instance()];
    const random = seededRandom(SEED);
    say(`Seed ${SEED}. Medians of ${ROUNDS} drawings; dagre draws graphs of more than ${ONCE_ABOVE} apps once.`);
    const all: Measured[] = [];
    for (let index = 0; index < GRAPHS; index += 1) {
      const apps = Math.round(FEWEST_APPS * (MOST_APPS / FEWEST_APPS) ** (index / (GRAPHS - 1)));
      const graph = randomChains(apps, random);
      const measured = measure(graph, layOut, viz);
      const { ms, dagreMs, crossings, grouped } = measured;
      say(
        `${apps} apps, ${graph.edges.length} edges: ${ms.toFixed(1)} ms, dagre ${dagreMs.toFixed(0)} ms; ${crossings} crossings, Graphviz ${grouped}`,
      );
      all.push(measured);
    }
    const sum = (field: keyof Measured): number => all.reduce((total, each) => total + each[field], 0);
    return [
      {
        name: `time of all ${GRAPHS} graphs`,
        ours: sum('ms'),
        unit: 'ms',
        peer: { name: 'dagre', value: sum('dagreMs') },
        ratio: sum('ms') / sum('dagreMs'),
        bar: { atMost: MOST_OF_DAGRE },
      },
      {
        name: 'crossings, the apps of a chain together',
        ours: sum('crossings'),
        unit: '',
        peer: { name: 'Graphviz with clusters', value: sum('grouped') },
        ratio: sum('crossings') / sum('grouped'),
        bar: { atMost: MOST_OF_GRAPHVIZ },
      },
      {
        name: 'the same crossings',
        ours: sum('crossings'),
        unit: '',
        peer: { name: 'Graphviz without clusters', value: sum('ungrouped') },
        ratio: sum('crossings') / sum('ungrouped'),
        bar: { atMost: MOST_OF_GRAPHVIZ },
      },
    ];
  },
};

/** The layout as the page has it: bundled. */
async function bundledLayout(): Promise<LayOut> {
  const entry = fileURLToPath(new URL('../../src/core/graph/layout/lay-out-graph.ts', import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false });
  const code = outputFiles[0]?.text ?? '';
  const bundle = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { layOutGraph: LayOut };
  return bundle.layOutGraph;
}

function measure(graph: GraphToDraw, layOut: LayOut, viz: Viz): Measured {
  const { edges } = layOut(graph);
  const dagreRounds = graph.bands.length > ONCE_ABOVE ? 1 : ROUNDS;
  return {
    ms: medianTime(ROUNDS, () => layOut(graph)),
    dagreMs: medianTime(dagreRounds, () => dagreLayout(graph)),
    crossings: drawnCrossings(
      graph.edges,
      edges.map(({ points }) => points),
    ),
    grouped: drawnCrossings(graph.edges, graphvizLines(viz, graph, true)),
    ungrouped: drawnCrossings(graph.edges, graphvizLines(viz, graph, false)),
  };
}

function medianTime(rounds: number, draw: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const begun = performance.now();
    draw();
    return performance.now() - begun;
  });
  return median(times);
}

/** Lays a graph out with dagre, without the bands: with them dagre takes longer. */
function dagreLayout({ bands, edges }: GraphToDraw): void {
  const { nodeWidth: width, nodeHeight: height } = DRAWING_SIZES;
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR' });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of bands.keys()) graph.setNode(String(node), { width, height });
  for (const { from, to } of edges) graph.setEdge(String(from), String(to));
  dagre.layout(graph);
}
