import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LocatedProblem } from './chain-source.ts';

/** The names that `*.yaml` and `*.yml` match in a shell: none begins with a dot. */
export const CHAIN_FILE = /^[^.].*\.ya?ml$/s;

/** The name of a chain file, or nearly: `a.yaml`, `a.YML`, `a.yaml.txt`, `a.yml~`, `a.yaml (1)`, `a.ymal`, `.yaml`. */
const ALMOST = /^(?:[^.].*\.(?:ya?ml|ymal|yalm|yam)(?![a-z])|\.ya?ml$)/is;

/** How many levels deep the search goes, and how many folders it visits. Somebody may name a whole disk. */
const DEEPEST = 4;
const MOST_FOLDERS = 500;

/**
 * Warns of files that look like chain files (YAML that says which app reloads after which), but are not read: their
 * name is only almost right, or they are in a folder below `directory`. Without the warning, a person would wait for
 * reloads in vain. It looks into at most 500 folders, up to 4 levels deep, but not into hidden folders or
 * `node_modules`.
 */
export function almostChainFiles(directory: string): readonly LocatedProblem[] {
  const found: LocatedProblem[] = [];
  let folders = 0;
  const look = (folder: string, depth: number): void => {
    folders += 1;
    const names = namesIn(folder);
    const files = names.filter((name) => ALMOST.test(name) && isFile(join(folder, name)));
    if (depth === 0)
      found.push(...files.filter((name) => !CHAIN_FILE.test(name)).map((name) => misnamed(folder, name)));
    else if (files.length > 0) found.push(tooDeep(folder, directory, files));
    if (depth === DEEPEST) return;
    for (const name of names) {
      const below = join(folder, name);
      if (folders < MOST_FOLDERS && !/^(?:\.|node_modules$)/.test(name) && isFolder(below)) look(below, depth + 1);
    }
  };
  look(directory, 0);
  return found;
}

const misnamed = (folder: string, name: string): LocatedProblem =>
  warningAt(
    join(folder, name),
    `This file is not read: the name of a chain file ends with .yaml or .yml, in small letters, and does not begin with a dot. Rename it, or move it elsewhere.`,
  );

const tooDeep = (folder: string, directory: string, [first = '', ...more]: readonly string[]): LocatedProblem =>
  warningAt(
    folder,
    `What is in this folder is not read: "${first}" ${more.length === 0 ? 'looks like a chain file' : `and ${more.length} more look like chain files`}. Only files directly in "${directory}" count: move them there, or elsewhere.`,
  );

const warningAt = (path: string, message: string): LocatedProblem => ({
  severity: 'warning',
  code: 'FILE_NOT_READ',
  message,
  file: path.replaceAll('\\', '/'),
  line: 1,
  column: 1,
  length: 1,
  also: [],
});

/** The names in a folder, sorted. The list is empty if the folder cannot be read. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

const isFile = (path: string): boolean => statOf(path)?.isFile() === true;
const isFolder = (path: string): boolean => statOf(path)?.isDirectory() === true;

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
