import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of chain files that lasts as long as `use`; the files are named as their keys. */
export async function withDirectory<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (directory: string) => T | Promise<T>,
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'chains-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
