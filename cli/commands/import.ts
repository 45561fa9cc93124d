import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { decodeText } from '../../src/core/decode-text.ts';
import { reportOf, summaryOf, writeProblems } from '../report-chains.ts';
import { type AddCommand, counted, type Report, type Terminal } from '../terminal.ts';

const DETAILS = `
The file is parsed and never executed: a list that is written out is read, one that code makes is not. Each thing that is
not carried over is named with its line. The same import again changes nothing; a file that somebody changed since is
never overwritten.

Exit codes: 0 all is carried over, 1 something is missing or "cascade check" finds an error, 2 misuse.

Examples:
  $ cascade import apps.js                   writes chains/apps.yaml
  $ cascade import apps.js --out my-chains   writes my-chains/apps.yaml`;

/** `cascade import <apps.js>`: the list of the 2020 paper as a chain file. */
export const addImport: AddCommand = (program, terminal, end) => {
  program
    .command('import')
    .description('make a chain file of the list of apps of the 2020 paper')
    .argument('<apps.js>', 'a CommonJS file that exports [{ name, appId, chain: [names], condition: ok or error }]')
    .option('--out <directory>', 'where the chain file is written', 'chains')
    .addHelpText('after', DETAILS)
    .action(async (file: string, { out }: { readonly out: string }) => end(await importList(file, out, terminal), {}));
};

async function importList(file: string, out: string, terminal: Terminal): Promise<Report> {
  // Loaded here alone: the parser is large, and no other command needs it.
  const { importPaperList } = await import('../../src/chain-files/import/import-paper-list.ts');
  const name = basename(file);
  const { chain, text, notes } = importPaperList(await textOf(file), basename(name, extname(name)), name);
  const lines = notes.map(({ line, message }) => `${file}:${line}  ${message}`);
  if (text === undefined) {
    return {
      ok: false,
      json: {},
      lines,
      notes: [`error: No app in ${file} follows another: no chain file is written.`],
    };
  }
  const target = join(out, `${chain}.yaml`);
  const written = (await writeOnce(target, text)) ? 'written' : 'unchanged';
  const result = await compileDirectory(out);
  if (result.compiled === undefined) writeProblems(result, terminal);
  const losses = notes.filter(({ isLoss }) => isLoss).length;
  const carried = losses === 0 ? 'all is carried over' : `${counted(losses, 'thing')} missing, see above`;
  return {
    ok: losses === 0 && result.compiled !== undefined,
    json: {},
    lines: [...lines, `${target}: ${written}, ${carried}`, summaryOf(reportOf(result))],
  };
}

async function textOf(file: string): Promise<string> {
  const decoded = decodeText(await attempt(file, () => readFile(file)));
  if (decoded.kind === 'text') return decoded.text;
  throw new CascadeError('PARAMETERS_INVALID', `Cannot use "${file}": ${decoded.message}`);
}

/**
 * Writes a file that is not there.
 *
 * @returns false if it is there with the same text.
 * @throws CascadeError PARAMETERS_INVALID if it is there with another text, or cannot be written.
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
