import { scheduleProblem } from '../../src/chain-files/schedule-problem.ts';
import { shortHash } from '../../src/chain-files/short-hash.ts';
import type { ChainFile } from '../../src/core/chains/chain-file.ts';
import { type Compilation, compileChains as compile } from '../../src/core/chains/compile-chains.ts';

/** Calls `compileChains` as Cascade does. */
export const compileChains = (files: readonly ChainFile[]): Compilation => compile(files, shortHash, scheduleProblem);
