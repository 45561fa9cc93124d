import type { ChainFile } from '../core/chains/chain-file.ts';
import { type Compilation, compileChains } from '../core/chains/compile-chains.ts';
import { checkShape, type WrittenAt } from './check-shape.ts';
import { scheduleProblem } from './schedule-problem.ts';
import { shortHash } from './short-hash.ts';

/** The parsed content of one chain file, and how to find what the file writes at a path. */
export interface ChainValue {
  readonly file: string;
  readonly value: unknown;
  readonly writtenAt?: WrittenAt;
}

/**
 * Checks the parsed content of chain files (which app reloads after which) by the schema, and compiles all files into
 * one value, which the actions use. If a file has an error, or could not be read, the result has no compiled chains,
 * because Cascade would then reload less than people expect.
 *
 * @param unreadable - the names of files that could not be read. Whoever read them reports their problems.
 */
export function compileValues(values: readonly ChainValue[], unreadable: readonly string[] = []): Compilation {
  const shapes = values.map(({ file, value, writtenAt }) => ({ file, ...checkShape(file, value, writtenAt) }));
  const files: ChainFile[] = [...shapes, ...unreadable.map((file) => ({ file, content: null }))];
  const shapeProblems = shapes.flatMap(({ problems }) => problems);
  const { compiled, problems } = compileChains(files, shortHash, scheduleProblem);
  if (shapeProblems.length === 0 && compiled !== undefined) return { compiled, problems };
  // Warnings are left out, because an error can cause one: if a link is refused, its app may seem to be in no link.
  return { problems: [...shapeProblems, ...problems.filter(({ severity }) => severity === 'error')] };
}
