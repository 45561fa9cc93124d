import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ACTION_NAMES, buildActions } from '../../build/build-actions.ts';
import type { CompiledChains } from '../../src/core/link.ts';

export type Main = (params: unknown) => Promise<unknown>;

export interface BuiltActions {
  /** The `main` of an action's bundle, loaded anew: nothing kept from an earlier one. */
  load(action: (typeof ACTION_NAMES)[number]): Main;
  remove(): void;
}

/** Builds the actions as they are deployed, with these chains, into a folder of their own. */
export async function buildForTest(compiled: CompiledChains): Promise<BuiltActions> {
  const directory = mkdtempSync(join(tmpdir(), 'cascade-actions-'));
  const built = await buildActions(compiled, directory);
  const require = createRequire(import.meta.url);
  return {
    load(action) {
      const file = built.find(({ name }) => name === action)?.file ?? '';
      delete require.cache[file];
      return (require(file) as { main: Main }).main;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
