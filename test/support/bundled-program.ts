import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(repository, 'node_modules', '.cache');

/** Keeps each file's `import.meta.url`, so that it still finds the files beside it. */
const ownUrls: Plugin = {
  name: 'own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.[jt]s$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }));
  },
};

/** Replaces tsx's `register` by an empty function. A bundle is plain JavaScript, so tsx has nothing to translate. */
const withoutTsx: Plugin = {
  name: 'without-tsx',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^tsx\/esm\/api$/ }, () => ({ path: 'tsx', namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export const register = () => {};' }));
  },
};

/** Defines `require`. The generated validators are CommonJS and require packages. */
const REQUIRE =
  "import { createRequire as newRequire } from 'node:module'; const require = newRequire(import.meta.url);";

const bundles = new Map<string, Promise<string>>();

/**
 * Bundles a program into one plain JavaScript file, for tests that start it often. It starts in a third of the time.
 *
 * @param entry - the program's path from the repository's root, such as `cli/cascade.js`.
 */
export function bundledProgram(entry: string): Promise<string> {
  const known = bundles.get(entry) ?? bundle(entry);
  bundles.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  // The folder is below node_modules, so that the bundle finds the packages.
  const outdir = mkdtempSync(join(CACHE, 'cascade-program-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    absWorkingDir: repository,
    entryPoints: { program: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    banner: { js: REQUIRE },
    plugins: [withoutTsx, ownUrls],
    logLevel: 'error',
  });
  return join(outdir, 'program.mjs');
}
