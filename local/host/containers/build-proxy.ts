import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transformSync } from 'esbuild';

/** Writes the runtime proxy as plain JavaScript into `folder` and returns the file: a child with tsx would start ten times slower. */
export async function buildProxy(folder: string): Promise<string> {
  const source = await readFile(new URL('../container/proxy.ts', import.meta.url), 'utf8');
  // The synchronous form leaves no esbuild service process behind.
  const { code } = transformSync(source, { loader: 'ts', format: 'cjs', target: 'node20', platform: 'node' });
  const file = path.join(folder, 'proxy.cjs');
  await writeFile(file, code);
  return file;
}
