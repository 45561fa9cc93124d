import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

const OTHERS = new Set(['node_modules', 'dist', 'coverage', 'test']);

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

/** Every document of ours, as a path within the repository. */
export const DOCUMENTS: readonly string[] = readdirSync(REPOSITORY, { withFileTypes: true }).flatMap((entry) => {
  if (entry.isFile()) return entry.name.endsWith('.md') ? [entry.name] : [];
  return OTHERS.has(entry.name) || entry.name.startsWith('.') ? [] : markdownIn(entry.name);
});

/** The text of a file of the repository. */
export const textOf = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

/** The part of a document below a heading, up to the next heading of any level. */
export function sectionOf(document: string, heading: string): string {
  const [, section] = textOf(document).split(`\n${heading}\n`);
  if (section === undefined) throw new Error(`${document} has no heading "${heading}".`);
  return section.split(/\n#+ /)[0] ?? '';
}

/** The cells of each row of the tables in a text; a table's head is a row like any other. */
export const rowsOf = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\|(?! ?-)(.*)\|$/gm)].map(([, row = '']) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));

/** The texts in backticks. */
export const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
