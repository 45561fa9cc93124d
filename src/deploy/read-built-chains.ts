import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompiledChains } from '../core/link.ts';
import { isCompiledChains } from '../ledger/documents/definition.ts';
import { deployFailed } from './deploy-failed.ts';

/** `cascade build` writes the chains into this file, and builds the same chains into the bundles. */
const FILE = 'dist/definition.json';

/**
 * Reads the chains that the bundles in `dist` were built with. Deployment stores these chains in the ledger (Cascade's
 * memory in CouchDB), so that people can see later which rules decided. The chain files may have changed since the
 * build.
 *
 * @param root - the folder of `dist`.
 * @throws CascadeError DEPLOY_FAILED if the file cannot be read, or has other content.
 */
export async function readBuiltChains(root: string): Promise<CompiledChains> {
  const text = await readFile(join(root, FILE), 'utf8').catch((cause: unknown) => {
    throw deployFailed(`${FILE} cannot be read, which has the chains of the bundles; run ./build.sh first.`, cause);
  });
  const value = parsed(text);
  if (isCompiledChains(value)) return value as CompiledChains;
  throw deployFailed(`${FILE} is not what cascade build writes; run ./build.sh again.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
