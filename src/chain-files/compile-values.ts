import type { ChainFile } from '../core/chains/chain-file.ts';
import { type Compilation, compileChains } from '../core/chains/compile-chains.ts';
import { checkShape, type WrittenAt } from './check-shape.ts';
import { shortHash } from './short-hash.ts';

/** The value of one chain file. */
export interface ChainValue {
  readonly file: string;
  readonly value: unknown;
  readonly writtenAt?: WrittenAt;
}

/**
 * Checks values of any form by the schema, and compiles them if nothing is wrong with any.
 *
 * @param unreadable - files that could not be read: this was already reported.
 */
export function compileValues(values: readonly ChainValue[], unreadable: readonly string[] = []): Compilation {
  const shapes = values.map(({ file, value, writtenAt }) => ({ file, ...checkShape(file, value, writtenAt) }));
  const files: ChainFile[] = [...shapes, ...unreadable.map((file) => ({ file, content: null }))];
  const shapeProblems = shapes.flatMap(({ problems }) => problems);
  const { compiled, problems } = compileChains(files, shortHash);
  if (shapeProblems.length === 0 && compiled !== undefined) return { compiled, problems };
  // Only errors: a warning may follow from an error, as when an app is in no link because its link was refused.
  return { problems: [...shapeProblems, ...problems.filter(({ severity }) => severity === 'error')] };
}
