/*
 * Counts what the questions pipeline costs: the lines that would go if it were removed, without comments and empty
 * lines. `npx tsx test/docs/cost-of-questions/count-lines.ts` prints it.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Files and folders that exist only for the pipeline. They would go whole. */
const OWN = [
  ...['actions/questions-collector', 'actions/questions-storer', 'src/clients/stack-exchange', 'bench/questions'],
  ...[
    'src/contracts/question-request.ts',
    'src/core/tickets/question.ts',
    'src/platform/settings/question-settings.ts',
  ],
  ...['src/ledger/documents/question.ts', 'src/ledger/documents/questions.ts', 'questions.yaml'],
  ...['local/start/start-questions.ts', 'dashboard/views/tickets/asked-by.tsx'],
];

const NO_CODE = /^($|\/\/|\/?\*|#|\{\/\*)/;

/** The lines of a file that are code, without their indentation. */
const codeOf = (file: string): readonly string[] =>
  readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !NO_CODE.test(line));

function filesIn(path: string): readonly string[] {
  if (/\.[a-z]+$/.test(path)) return [path];
  const entries = readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? relative(ROOT, join(entry.parentPath, entry.name)) : []));
}

/** For each file that exists only for the pipeline: how many lines of code it has. */
export const ownLines = (): ReadonlyMap<string, number> =>
  new Map(OWN.flatMap(filesIn).map((file) => [file, codeOf(file).length]));

/**
 * For each shared file: the lines in it that would go. If a file has none, some of its lines would only be shorter. The
 * list was made by removing the pipeline from the tree, which then still compiled.
 */
export function sharedLines(): ReadonlyMap<string, readonly string[]> {
  const list = readFileSync(new URL('shared-lines.txt', import.meta.url), 'utf8');
  const files = list.split(/\n(?=\S)/).map((each) => each.trimEnd().split('\n'));
  return new Map(files.map(([file = '', ...lines]) => [file, lines.map((line) => line.trim())]));
}

/** The listed lines that a shared file does not have, or not as often. */
export function missingLines(file: string, lines: readonly string[]): readonly string[] {
  const code = [...codeOf(file)];
  return lines.filter((line) => {
    const at = code.indexOf(line);
    if (at >= 0) code.splice(at, 1);
    return at < 0;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const own = [...ownLines()];
  const shared = [...sharedLines()].map(([file, lines]) => [file, lines.length] as const);
  const sum = (counts: readonly (readonly [string, number])[]) => counts.reduce((all, [, count]) => all + count, 0);
  for (const [file, count] of [...own, ...shared]) console.log(String(count).padStart(4), file);
  console.log(`${sum(own)} lines in files of its own, ${sum(shared)} in shared files`);
}
