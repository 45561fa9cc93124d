import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Bundles the runtime proxy as plain JavaScript into `folder` and returns the file: a child with tsx would start ten times slower. */
export function buildProxy(folder: string): string {
  const outfile = path.join(folder, 'proxy.cjs');
  const source = fileURLToPath(new URL('../container/proxy.ts', import.meta.url));
  // The synchronous form leaves no esbuild service process behind.
  buildSync({ entryPoints: [source], outfile, bundle: true, format: 'cjs', target: 'node20', platform: 'node' });
  return outfile;
}
