import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edit } from './detail-list.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** The files and folders that the simulation needs. */
const NEEDED = ['package.json', 'tsconfig.json', 'src', 'actions', 'sim', 'local', 'cli', 'test'];

/** Makes an edit in a text. @throws Error if the text to replace does not occur exactly once. */
export function edited(text: string, { file, find, put }: Edit): string {
  const parts = text.split(find);
  const [before, after] = parts;
  if (parts.length === 2 && before !== undefined && after !== undefined) return `${before}${put}${after}`;
  throw new Error(`${file} has ${parts.length - 1} times, and not once: ${find}`);
}

/** Copies the sources into a folder of their own and makes the edits. `remove` deletes the folder. */
export async function breakCopy(
  edits: readonly Edit[],
): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cascade-details-'));
  for (const name of NEEDED) await cp(path.join(REPOSITORY, name), path.join(folder, name), { recursive: true });
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  for (const edit of edits) {
    const file = path.join(folder, edit.file);
    await writeFile(file, edited(await readFile(file, 'utf8'), edit));
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
