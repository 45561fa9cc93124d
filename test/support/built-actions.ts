import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vm from 'node:vm';
import { type ACTION_NAMES, buildActions } from '../../build/build-actions.ts';
import type { CompiledChains } from '../../src/core/link.ts';

export type Main = (params: unknown) => Promise<unknown>;

export interface BuiltActions {
  /** Loads an action's bundle anew, so that nothing is left of an earlier run. @returns its `main`. */
  load(action: (typeof ACTION_NAMES)[number]): Main;
  remove(): void;
}

/** Builds the actions as they are deployed, with these chains, into a folder of their own. */
export async function buildForTest(compiled: CompiledChains): Promise<BuiltActions> {
  const directory = mkdtempSync(join(tmpdir(), 'cascade-actions-'));
  const built = await buildActions(compiled, directory);
  const compiledActions = new Map<string, Evaluate>();
  return {
    load(action) {
      const file = built.find(({ name }) => name === action)?.file ?? '';
      const evaluate = compiledActions.get(file) ?? compileBundle(file);
      compiledActions.set(file, evaluate);
      const module = { exports: {} as { main: Main } };
      evaluate(module.exports, createRequire(file), module);
      return module.exports.main;
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

type Evaluate = (exports: object, require: NodeJS.Require, module: object) => void;

/**
 * Compiles a bundle as the runtime proxy does. With Node's own `require`, tsx would translate the bundle at each load.
 */
const compileBundle = (file: string): Evaluate =>
  vm.compileFunction(readFileSync(file, 'utf8'), ['exports', 'require', 'module'], {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as Evaluate;
