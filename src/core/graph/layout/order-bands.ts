/*
 * A step of drawing the chains (lay-out-graph.ts): it decides which chain lies above which. In the drawing, each chain
 * has a band, a strip of its own. An edge is a link between two apps.
 */

/** Two bands, and how many edges are between them. */
interface BandPair {
  readonly a: number;
  readonly b: number;
  readonly count: number;
}

/**
 * The most rounds of improvement, and the most rounds of swaps in each of them. They bound the time. Either may end at
 * any time, because the best order so far counts.
 */
const ROUNDS = 12;

/**
 * Orders the bands of a graph from top to bottom, so that bands with edges between them are near each other. It begins
 * with an order by a search along the edges, and improves that by turns: it sorts the bands by where their neighbours
 * are, and swaps bands that lie next to each other.
 *
 * @param bandCount - the bands are 0, 1, 2 … below this number.
 * @param pairs - for each edge between two bands, these bands.
 * @returns for each band its place, from 0 at the top.
 */
export function orderBands(bandCount: number, pairs: readonly (readonly [number, number])[]): readonly number[] {
  const counted = countPairs(bandCount, pairs);
  const neighbours: BandPair[][] = Array.from({ length: bandCount }, () => []);
  for (const pair of counted) {
    neighbours[pair.a]?.push(pair);
    neighbours[pair.b]?.push({ a: pair.b, b: pair.a, count: pair.count });
  }
  let order = searchOrder(neighbours);
  let best = order;
  let bestLength = lengthOf(order, counted);
  for (let round = 0; round < ROUNDS; round += 1) {
    order = swapNeighbours(byMeanPlace(order, neighbours), neighbours);
    const length = lengthOf(order, counted);
    if (length >= bestLength) continue;
    best = order;
    bestLength = length;
  }
  return placesIn(best);
}

function countPairs(bandCount: number, pairs: readonly (readonly [number, number])[]): readonly BandPair[] {
  const counts = new Map<number, number>();
  for (const [one, other] of pairs) {
    const key = Math.min(one, other) * bandCount + Math.max(one, other);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => ({ a: Math.floor(key / bandCount), b: key % bandCount, count }));
}

/**
 * An order to begin with: a depth-first search along the edges, so that most bands come after one of their neighbours.
 */
function searchOrder(neighbours: readonly (readonly BandPair[])[]): readonly number[] {
  const isSeen = new Set<number>();
  const order: number[] = [];
  for (const root of neighbours.keys()) {
    const open = [root];
    for (let band = open.pop(); band !== undefined; band = open.pop()) {
      if (isSeen.has(band)) continue;
      isSeen.add(band);
      order.push(band);
      open.push(...(neighbours[band] ?? []).map(({ b }) => b).reverse());
    }
  }
  return order;
}

function placesIn(order: readonly number[]): readonly number[] {
  const places = new Array<number>(order.length).fill(0);
  for (const [place, band] of order.entries()) places[band] = place;
  return places;
}

/** How long the edges are together, in bands. */
function lengthOf(order: readonly number[], pairs: readonly BandPair[]): number {
  const places = placesIn(order);
  return pairs.reduce((sum, { a, b, count }) => sum + count * Math.abs((places[a] ?? 0) - (places[b] ?? 0)), 0);
}

/** Sorts the bands by the mean of their neighbours' places. A band's own place counts once, too. */
function byMeanPlace(order: readonly number[], neighbours: readonly (readonly BandPair[])[]): readonly number[] {
  const places = placesIn(order);
  const meanOf = (band: number): number => {
    const own = places[band] ?? 0;
    let [sum, weight] = [own, 1];
    for (const { b, count } of neighbours[band] ?? []) {
      sum += count * (places[b] ?? 0);
      weight += count;
    }
    return sum / weight;
  };
  const means = order.map(meanOf);
  return order
    .map((band, place) => ({ band, mean: means[place] ?? 0 }))
    .sort((one, other) => one.mean - other.mean)
    .map(({ band }) => band);
}

/** Swaps bands that lie next to each other, as long as that makes the edges shorter. */
function swapNeighbours(order: readonly number[], neighbours: readonly (readonly BandPair[])[]): readonly number[] {
  const swapped = [...order];
  const places = [...placesIn(order)];
  /** How much longer the edges of `band` become if it moves one place down (`by` 1) or up (`by` -1). */
  const change = (band: number, by: 1 | -1, other: number): number => {
    let sum = 0;
    for (const { b, count } of neighbours[band] ?? []) {
      if (b === other) continue;
      sum += (places[b] ?? 0) > (places[band] ?? 0) ? -by * count : by * count;
    }
    return sum;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    let isChanged = false;
    for (let place = 0; place + 1 < swapped.length; place += 1) {
      const [upper = 0, lower = 0] = [swapped[place], swapped[place + 1]];
      if (change(upper, 1, lower) + change(lower, -1, upper) >= 0) continue;
      swapped[place] = lower;
      swapped[place + 1] = upper;
      places[lower] = place;
      places[upper] = place + 1;
      isChanged = true;
    }
    if (!isChanged) break;
  }
  return swapped;
}
