import type { ChainContent } from '../../../../src/core/chains/chain-file.ts';
import type { CompiledChains } from '../../../../src/core/link.ts';
import { compileChains } from '../../../support/compile-chains.ts';

/** Chain files as the look-up that the bundles carry. */
export function compiledOf(...contents: readonly ChainContent[]): CompiledChains {
  const { compiled, problems } = compileChains(contents.map((content) => ({ file: `${content.chain}.yaml`, content })));
  if (compiled === undefined) throw new Error(JSON.stringify(problems));
  return compiled;
}
