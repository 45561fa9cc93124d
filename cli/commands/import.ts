import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { MAX_FILE_BYTES } from '../../src/chain-files/read-chains.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { decodeText } from '../../src/core/decode-text.ts';
import { reportOf, summaryOf, writeProblems } from '../report-chains.ts';
import { type CliCommand, counted, type Report, type Terminal } from '../terminal.ts';

/**
 * `cascade import <apps.js>`: makes a chain file of the list of apps that the 2020 paper about chained reloads uses. So
 * a person who has built chains by that paper need not write them again.
 */
export const importCommand: CliCommand = {
  name: 'import',
  description: 'make a chain file of the list of apps of the 2020 paper, which is parsed and never executed',
  argument: ['<apps.js>', "a CommonJS file that exports [{ name, appId, chain: [names], condition: 'ok' | 'error' }]"],
  options: [{ flags: '--out <directory>', description: 'where the chain file goes', fallback: 'chains' }],
  examples: `  $ cascade import apps.js                 writes chains/apps.yaml; names each thing that is missing, with its line
  $ cascade import apps.js --out my-chains another directory; a file that somebody changed is never overwritten`,
  run: importList,
};

interface ImportOptions {
  readonly out: string;
  readonly json?: boolean;
}

async function importList(file: string, { out, json }: ImportOptions, terminal: Terminal): Promise<Report> {
  // Loaded only by this command: the JavaScript parser is large.
  const { importPaperList } = await import('../../src/chain-files/import/import-paper-list.ts');
  const name = basename(file);
  const { chain, text, notes } = importPaperList(await textOf(file), basename(name, extname(name)), name);
  const lines = notes.map(({ line, message }) => `${file}:${line}  ${message}`);
  if (text === undefined) {
    return {
      ok: false,
      json: { notes },
      lines,
      notes: [`error: No app in ${file} follows another: no chain file is written.`],
    };
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES) throw new CascadeError('PARAMETERS_INVALID', tooLarge(file, bytes));
  const target = join(out, `${chain}.yaml`);
  const written = (await writeOnce(target, text)) ? 'written' : 'unchanged';
  const result = await compileDirectory(out);
  if (result.compiled === undefined && json !== true) writeProblems(result, terminal);
  const losses = notes.filter(({ isLoss }) => isLoss).length;
  const carried = losses === 0 ? 'all is carried over' : `${counted(losses, 'thing')} missing, see above`;
  return {
    ok: losses === 0 && result.compiled !== undefined,
    json: { file: target, notes, ...reportOf(result) },
    lines: [...lines, `${target}: ${written}, ${carried}`, summaryOf(reportOf(result))],
  };
}

const tooLarge = (file: string, bytes: number): string =>
  `The chain file of ${file} would have ${bytes} bytes; a chain file has at most ${MAX_FILE_BYTES}. So nothing is written. ` +
  'Split the list into several files, each with all the entries that its "chain" lists name.';

async function textOf(file: string): Promise<string> {
  const decoded = decodeText(await attempt(file, () => readFile(file)));
  if (decoded.kind === 'text') return decoded.text;
  throw new CascadeError('PARAMETERS_INVALID', `Cannot use "${file}": ${decoded.message}`);
}

/**
 * Writes a new file.
 *
 * @returns false if the file exists with the same text.
 * @throws CascadeError PARAMETERS_INVALID if the file exists with another text, or cannot be written.
 */
async function writeOnce(file: string, text: string): Promise<boolean> {
  await attempt(file, () => mkdir(join(file, '..'), { recursive: true }));
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw cannot(file, error);
  }
  if ((await attempt(file, () => readFile(file, 'utf8'))) === text) return false;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `${file} is there already, with another content. Nothing is overwritten: move it away, or name another directory by --out.`,
  );
}

/** Does `work` on a file. If that fails, the error names the file and the reason in words. */
async function attempt<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw cannot(file, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'you have no right to it',
};

function cannot(file: string, error: unknown): CascadeError {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new CascadeError('PARAMETERS_INVALID', `Cannot use "${file}": ${REASONS[code] ?? reason}.`, { cause: error });
}
