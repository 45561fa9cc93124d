/*
 * OpenWhisk gets each action as one file, a bundle. This file makes the bundles from `actions/`. It puts the chains
 * (which app follows which) into the bundles that need them, so that no action has to load a file.
 */

import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { canonicalJson } from '../src/core/canonical-json.ts';
import type { CompiledChains } from '../src/core/link.ts';
import { definitionHash } from '../src/ledger/definition-hash.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';

/** A bundle that was written. */
export interface BuiltAction {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
}

export interface BuildOptions {
  /**
   * Cascade's waiting times (src/core/time-constants.ts) are multiplied by this factor. It is above 0, default 1.
   * Benchmarks shorten the times with it.
   */
  readonly timeFactor?: number;
}

/** The actions that `manifest.yaml` and `questions.yaml` deploy, by their folders below `actions/`. */
export const ACTION_NAMES = [
  'receiver',
  'collector',
  'resolver',
  'invoker',
  'reload',
  'storer',
  'notifier',
  'chains',
  'metrics',
  'meter',
  'dashboard',
  'questions-collector',
  'questions-storer',
] as const;

const repository = fileURLToPath(new URL('..', import.meta.url));

/** What the modules `cascade:…` are made of. */
interface BuiltIn {
  readonly compiled: CompiledChains;
  readonly timeFactor: number;
  readonly dashboard: BuiltDashboard;
}

/** What each module `cascade:…` exports. The actions import these modules; actions/built-in.d.ts has their types. */
const builtInModules = ({ compiled, timeFactor, dashboard }: BuiltIn): Readonly<Record<string, unknown>> => ({
  'cascade:app-keys': Object.keys(compiled.apps),
  'cascade:apps': compiled.apps,
  'cascade:chains': compiled,
  'cascade:dashboard': dashboard,
  'cascade:definition': definitionHash(compiled),
  'cascade:time-factor': timeFactor,
});

/** Makes esbuild find the modules `cascade:…`, for which there are no files. */
const builtIn = (parts: BuiltIn): Plugin => ({
  name: 'cascade-built-in',
  setup({ onResolve, onLoad }) {
    const modules = builtInModules(parts);
    onResolve({ filter: /^cascade:/ }, ({ path }) => ({ path, namespace: 'cascade' }));
    // Node parses a JSON text faster than it evaluates the same object literal.
    onLoad({ filter: /.*/, namespace: 'cascade' }, ({ path }) => ({
      contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(modules[path]))})`,
    }));
  },
});

/** What is built instead of three files that node-fetch brings and that no action needs, by the end of their path. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  // A `Blob`, with web streams, for Node below 18. Node 20 has its own.
  [/[\\/]fetch-blob[\\/]index\.js$/, 'export const { Blob } = globalThis; export default Blob'],
  // The reader of answers in the form `multipart/form-data`.
  [/[\\/]node-fetch[\\/].*[\\/]multipart-parser\.js$/, ''],
  // Bodies of requests in that form. node-fetch asks if a body is a `FormData`. None is.
  [/[\\/]formdata-polyfill[\\/]/, 'export class FormData {} export const formDataToBlob = undefined'],
];

/** Keeps out of the bundles what node-fetch has for forms and for old versions of Node. */
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onLoad }) {
    for (const [filter, contents] of INSTEAD) onLoad({ filter }, () => ({ contents }));
  },
};

/**
 * Builds each action into one minified CommonJS file, `<outDir>/actions/<name>.js`. `cascade build` and `npm start`
 * call this. The chains are also written into `<outDir>/definition.json`. Deployment stores that in the ledger
 * (Cascade's memory), so that people can see later which chains decided.
 */
export async function buildActions(
  compiled: CompiledChains,
  outDir: string,
  { timeFactor = 1 }: BuildOptions = {},
): Promise<BuiltAction[]> {
  const directory = join(outDir, 'actions');
  // Node's error says why the folder cannot be made; esbuild's does not.
  await mkdir(directory, { recursive: true });
  const dashboard = await buildDashboard();
  // One call for all actions lets esbuild parse the code that they share only once. Each bundle is complete.
  await build({
    entryPoints: Object.fromEntries(ACTION_NAMES.map((name) => [name, join(repository, 'actions', name, 'main.ts')])),
    outdir: directory,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [builtIn({ compiled, timeFactor, dashboard }), withoutUnused],
  });
  await writeFile(join(outDir, 'definition.json'), canonicalJson(compiled));
  return Promise.all(ACTION_NAMES.map((name) => builtAction(name, join(directory, `${name}.js`))));
}

async function builtAction(name: string, file: string): Promise<BuiltAction> {
  return { name, file, bytes: (await stat(file)).size };
}
