/*
 * The dashboard draws the deployed chains, and has a filter, because there may be hundreds of apps. In it, a person
 * writes which apps to show, such as `chain:sales +revenue`. This file selects these apps.
 */

import { appCandidates } from '../chains/app-candidates.ts';
import type { CompiledChains } from '../link.ts';
import { appKey } from '../names.ts';
import type { ChainGraph, GraphApp } from './chain-graph.ts';

/** One term of a selection. */
export type Term =
  /** `sales`: the apps with this text in their name for people, their `chain/name` or their id. */
  | { readonly kind: 'text'; readonly text: string }
  /** `chain:sales`: the apps that follow an app in this chain, or that an app follows there. */
  | { readonly kind: 'chain'; readonly chain: string }
  /** `tag:urgent`: the apps whose ticket has this tag. A ticket is about an app's failures until its next success. */
  | { readonly kind: 'tag'; readonly tag: string }
  /**
   * `+app`, `app+`, `2+app+1`: the app, and the apps up to so many steps before it and after it. A plus without a
   * number means any number of steps.
   */
  | { readonly kind: 'around'; readonly app: string; readonly before: number; readonly after: number };

/** The apps that a selection leaves. */
export interface Selection {
  /** Their numbers. */
  readonly apps: ReadonlySet<number>;
  /** A sentence for each term with an unknown chain, or with an unknown app beside a plus. */
  readonly problems: readonly string[];
}

/** Terms are separated by spaces. Quotes keep the words of a name together. */
const TERMS = /(?:[^\s"]|"[^"]*"?)+/g;
/** `2+app+1`, `app+`, `+"two words"`; also an app without a plus. */
const AROUND = /^(?:(\d{0,4})(\+))?("[^"]*"?|[^+"]+)(?:(\+)(\d{0,4}))?$/;
/** `chain:sales`, `Tag:"two words"`. */
const NAMED = /^(chain|tag):(.*)$/i;

/** Reads the text of a filter. */
export const readTerms = (text: string): readonly Term[] => (text.match(TERMS) ?? []).flatMap(readTerm);

function readTerm(term: string): readonly Term[] {
  const [, kind = '', name = ''] = NAMED.exec(term) ?? [];
  if (kind !== '') {
    const named = unquoted(name);
    if (named === '') return [];
    return [kind.toLowerCase() === 'chain' ? { kind: 'chain', chain: named } : { kind: 'tag', tag: named }];
  }
  const [, before, plusBefore, app = '', plusAfter, after] = AROUND.exec(term) ?? [];
  if (plusBefore === undefined && plusAfter === undefined) return [{ kind: 'text', text: unquoted(term) }];
  return [{ kind: 'around', app: unquoted(app), before: steps(plusBefore, before), after: steps(plusAfter, after) }];
}

const unquoted = (text: string): string => text.replaceAll('"', '');

function steps(plus: string | undefined, count: string | undefined): number {
  if (plus === undefined) return 0;
  return count === undefined || count === '' ? Number.POSITIVE_INFINITY : Number(count);
}

/**
 * Selects apps of the graph. An empty text selects all.
 *
 * @param text - terms, separated by spaces. All of them must be true of an app: see `Term`.
 * @param tagsOf - the tags of an app's ticket.
 */
export function selectApps(
  graph: ChainGraph,
  compiled: CompiledChains,
  text: string,
  tagsOf: (app: GraphApp) => readonly string[],
): Selection {
  const problems: string[] = [];
  const tests = readTerms(text).map((term) => testOf(term, { graph, compiled, tagsOf, problems }));
  const numbers = [...graph.apps.keys()].filter((number) => tests.every((isTrueOf) => isTrueOf(number)));
  return { apps: new Set(numbers), problems };
}

interface Context {
  readonly graph: ChainGraph;
  readonly compiled: CompiledChains;
  readonly tagsOf: (app: GraphApp) => readonly string[];
  readonly problems: string[];
}

/** Makes the function that says whether the term is true of the app with a number. */
function testOf(term: Term, { graph, compiled, tagsOf, problems }: Context): (number: number) => boolean {
  const { apps } = graph;
  const ofApp = (isTrue: (app: GraphApp) => boolean) => (number: number) => {
    const app = apps[number];
    return app !== undefined && isTrue(app);
  };
  switch (term.kind) {
    case 'text':
      return ofApp((app) => hasText(app, term.text));
    case 'chain': {
      const isIn = ({ chains }: GraphApp): boolean => chains.some((chain) => chain === term.chain);
      if (!apps.some(isIn)) problems.push(`No deployed chain is called “${term.chain}”.`);
      return ofApp(isIn);
    }
    case 'tag':
      return ofApp((app) => tagsOf(app).some((tag) => lower(tag) === lower(term.tag)));
    case 'around': {
      const named = numbersNamed(term.app, graph, compiled);
      if (named.length === 0) problems.push(`No app of the deployed chains is called “${term.app}”.`);
      const before = reach(graph, named, 'before', term.before);
      const after = reach(graph, named, 'after', term.after);
      return (number) => before.has(number) || after.has(number);
    }
    default:
      return term satisfies never;
  }
}

const lower = (text: string): string => text.toLowerCase();

const hasText = ({ label, names, appId }: GraphApp, text: string): boolean =>
  [label, appId, ...names].some((each) => lower(each).includes(lower(text)));

/**
 * The apps that a name means: those with this id or name. If there are none: those with the text in an id or a name.
 */
function numbersNamed(name: string, { apps, numberOf }: ChainGraph, compiled: CompiledChains): readonly number[] {
  const exact = appCandidates(compiled, name).flatMap((app) => numberOf.get(appKey(app)) ?? []);
  if (exact.length > 0) return exact;
  return apps.flatMap((app, number) => (name !== '' && hasText(app, name) ? [number] : []));
}

/** The apps `from`, and those that are at most `most` links before them, or after them. */
function reach(
  { edges }: ChainGraph,
  from: readonly number[],
  direction: 'before' | 'after',
  most: number,
): ReadonlySet<number> {
  const next = new Map<number, number[]>();
  for (const edge of edges) {
    const [near, far] = direction === 'after' ? [edge.from, edge.to] : [edge.to, edge.from];
    const known = next.get(near);
    if (known === undefined) next.set(near, [far]);
    else known.push(far);
  }
  const reached = new Set(from);
  let last: readonly number[] = from;
  for (let step = 0; step < most && last.length > 0; step += 1) {
    last = last.flatMap((number) => next.get(number) ?? []).filter((number) => !reached.has(number));
    for (const number of last) reached.add(number);
  }
  return reached;
}
