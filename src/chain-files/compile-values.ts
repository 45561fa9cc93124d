import type { ChainFile } from '../core/chains/chain-file.ts';
import { type Compilation, compileChains } from '../core/chains/compile-chains.ts';
import { checkShape, type WrittenAt } from './check-shape.ts';
import { scheduleProblem } from './schedule-problem.ts';
import { shortHash } from './short-hash.ts';

/** The value of one chain file. */
export interface ChainValue {
  readonly file: string;
  readonly value: unknown;
  readonly writtenAt?: WrittenAt;
}

/**
 * Checks the values of chain files by the schema, and compiles them. If a file has an error, or could not be read, the result
 * has no compiled chains.
 *
 * @param unreadable - the names of files that could not be read. Whoever read them reports their problems.
 */
export function compileValues(values: readonly ChainValue[], unreadable: readonly string[] = []): Compilation {
  const shapes = values.map(({ file, value, writtenAt }) => ({ file, ...checkShape(file, value, writtenAt) }));
  const files: ChainFile[] = [...shapes, ...unreadable.map((file) => ({ file, content: null }))];
  const shapeProblems = shapes.flatMap(({ problems }) => problems);
  const { compiled, problems } = compileChains(files, shortHash, scheduleProblem);
  if (shapeProblems.length === 0 && compiled !== undefined) return { compiled, problems };
  // Only errors, because an error can cause a warning: an app is in no link if its link was refused.
  return { problems: [...shapeProblems, ...problems.filter(({ severity }) => severity === 'error')] };
}
