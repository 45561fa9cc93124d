/*
 * People write in chain files (YAML) which app reloads after which. This file turns a directory of them into the
 * compiled chains, which are built into the actions. `cascade check`, `cascade build` and `npm start` use it, for
 * example. It reports mistakes as problems, each with its place in the file.
 */

import type { Place, Problem } from '../core/chains/problem.ts';
import type { CompiledChains } from '../core/link.ts';
import { revealed } from '../core/visible.ts';
import type { ChainSource, ChainText, LocatedPlace, LocatedProblem } from './chain-source.ts';
import { compileValues } from './compile-values.ts';
import { locate, plainTextAt } from './locate.ts';
import { readChains } from './read-chains.ts';

/** How many problems of one file are reported. Its writer can begin with these. */
const MAX_PROBLEMS_OF_A_FILE = 200;

/** The result of compiling a directory of chain files. */
export interface CompiledDirectory {
  /** The chains; absent if one of the problems is an error. */
  readonly compiled?: CompiledChains;
  /** Sorted by file, line and column; at most 200 of each file. */
  readonly problems: readonly LocatedProblem[];
  /** The files that were found, also those with errors. */
  readonly files: readonly ChainText[];
}

/**
 * Reads, checks and compiles the chain files of `directory`.
 *
 * @throws CascadeError NO_CHAINS if there is no such directory, no chain file in it, or a file cannot be opened.
 */
export async function compileDirectory(directory: string): Promise<CompiledDirectory> {
  const { texts, sources, problems: unreadable } = readChains(directory);
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const unread = texts.map(({ file }) => file).filter((file) => !byFile.has(file));
  const { compiled, problems } = compileValues(
    sources.map((source) => ({ ...source, writtenAt: (path) => plainTextAt(source, path) })),
    unread,
  );
  const located = firstOfEachFile(problems).map((problem) => locateProblem(problem, byFile));
  return {
    ...(compiled !== undefined && { compiled }),
    problems: firstOfEachFile([...unreadable, ...located])
      .sort(byPlace)
      .map(withVisibleMessage),
    files: texts,
  };
}

/** Leaves out the problems of a file after the first 200. */
function firstOfEachFile<T extends { readonly file: string }>(problems: readonly T[]): T[] {
  const counts = new Map<string, number>();
  return problems.filter(({ file }) => {
    const count = (counts.get(file) ?? 0) + 1;
    counts.set(file, count);
    return count <= MAX_PROBLEMS_OF_A_FILE;
  });
}

function locateProblem(
  { severity, code, message, also = [], ...place }: Problem,
  sources: ReadonlyMap<string, ChainSource>,
): LocatedProblem {
  const find = (one: Place): LocatedPlace => {
    const source = sources.get(one.file);
    return source === undefined ? { file: one.file, line: 1, column: 1, length: 1 } : locate(source, one);
  };
  return { severity, code, message, ...find(place), also: also.map(find) };
}

const withVisibleMessage = (problem: LocatedProblem): LocatedProblem => ({
  ...problem,
  message: revealed(problem.message),
});

const byPlace = (a: LocatedProblem, b: LocatedProblem): number =>
  (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column;
