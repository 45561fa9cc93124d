import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CascadeError } from '../core/cascade-error.ts';
import { decodeText } from '../core/decode-text.ts';
import { almostChainFiles, CHAIN_FILE } from './almost-chain-files.ts';
import type { ChainSource, ChainText, LocatedProblem } from './chain-source.ts';
import { countLines, locateOffsets } from './locate.ts';
import { parseChain } from './parse-chain.ts';

/** The largest chain file: 1 MiB. Usual ones have some kB. */
export const MAX_FILE_BYTES = 1_048_576;

/** The chain files of a directory. A chain file says in YAML which app reloads after which. */
export interface ReadChains {
  /** Every chain file, sorted by name. The text of a file that was refused may be empty. */
  readonly texts: readonly ChainText[];
  /** The files that could be parsed as YAML. */
  readonly sources: readonly ChainSource[];
  readonly problems: readonly LocatedProblem[];
}

/**
 * Reads and parses the chain files of a directory, for the compiler: every `*.yaml` and `*.yml` directly in it, each at
 * most 1 MiB of UTF-8. If a folder or a pipe has such a name, it reports an error. If a file's name is almost such a
 * name, or a folder below has such a file, it reports a warning.
 *
 * @throws CascadeError NO_CHAINS if there is no such directory, no chain file in it, or a file cannot be opened.
 */
export function readChains(directory: string): ReadChains {
  const texts: ChainText[] = [];
  const sources: ChainSource[] = [];
  const problems: LocatedProblem[] = [];
  for (const { path, isNameText } of chainFilesOf(directory)) {
    const { text, refused } = isNameText ? readText(path) : refusedName(path);
    texts.push(text);
    const parsed = refused === undefined ? parseChain(text) : { kind: 'problems' as const, problems: [refused] };
    if (parsed.kind === 'source') sources.push(parsed.source);
    else problems.push(...parsed.problems);
  }
  return { texts, sources, problems: [...problems, ...almostChainFiles(directory)] };
}

/** A directory's entry with the name of a chain file. */
interface Named {
  readonly path: string;
  /** False if the name is not UTF-8. Then `path` shows its bytes like `\xff`, and no file can be opened by it. */
  readonly isNameText: boolean;
}

function chainFilesOf(directory: string): Named[] {
  const names = attempt(directory, () => readdirSync(directory, 'buffer'))
    .map((bytes) => ({ name: isUtf8(bytes) ? bytes.toString() : escaped(bytes), isNameText: isUtf8(bytes) }))
    .filter(({ name }) => CHAIN_FILE.test(name));
  if (names.length > 0) {
    const sorted = names.sort((a, b) => (a.name < b.name ? -1 : 1));
    return sorted.map(({ name, isNameText }) => ({ path: join(directory, name), isNameText }));
  }
  const [almost] = almostChainFiles(directory);
  const hint = almost === undefined ? '' : ` ${almost.file}: ${almost.message}`;
  throw new CascadeError(
    'NO_CHAINS',
    `There is no chain file (*.yaml) in "${directory}". Write one as docs/chains.md shows, or name another directory.${hint}`,
  );
}

/** A name in ASCII, with each other byte shown like `\xff`. */
const escaped = (name: Buffer): string =>
  [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('');

function refusedName(path: string) {
  const message = `The name of this file is not UTF-8 text: each byte that is not ASCII is shown here as \\x and two digits. Rename the file.`;
  return refuse(path, 'NOT_UTF8', message);
}

function readText(path: string): { text: ChainText; refused?: LocatedProblem } {
  const file = path.replaceAll('\\', '/');
  const stats = attempt(path, () => statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path));
  const kind = otherKindOf(stats);
  if (kind !== undefined) {
    return refuse(file, 'NO_FILE', `${basename(file)} is ${kind}. Remove or rename it.`);
  }
  const { size } = stats;
  if (size > MAX_FILE_BYTES) {
    const message = `${basename(file)} has ${size} bytes; a chain file has at most ${MAX_FILE_BYTES}. Split it into several chains.`;
    return refuse(file, 'FILE_TOO_LARGE', message);
  }
  const decoded = decodeText(attempt(path, () => readFileSync(path)));
  if (decoded.kind === 'text') return { text: { file, text: decoded.text } };
  return refuse(file, 'NOT_UTF8', decoded.message, decoded.text, decoded.at);
}

/**
 * The kind of a directory's entry that is no file, in words. Such an entry is not opened: reading a pipe might never
 * end.
 */
function otherKindOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isSymbolicLink()) return 'a link to a file that does not exist';
  if (stats.isDirectory()) return 'no file, but a directory';
  if (stats.isFIFO()) return 'no file, but a pipe';
  return `no file, but a ${stats.isSocket() ? 'socket' : 'device'}`;
}

function refuse(file: string, code: LocatedProblem['code'], message: string, content = '', offset = 0) {
  const text = { file, text: content };
  const place = locateOffsets(text, countLines(text), offset, offset + 1);
  return { text, refused: { severity: 'error' as const, code, message, ...place, also: [] } };
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CascadeError('NO_CHAINS', `Cannot read chains from "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return 'it does not exist. Give the directory that holds the chain files.';
    case 'ENOTDIR':
      return 'it is a file. Give the directory that holds the chain files.';
    case 'EACCES':
    case 'EPERM':
      return 'it must not be read. Give yourself the right to read it.';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
