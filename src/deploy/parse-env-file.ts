import { didYouMean } from '../core/chains/nearest-name.ts';
import { decodeText } from '../core/decode-text.ts';
import { revealed } from '../core/visible.ts';
import { SETTING_NAMES } from './setting-names.ts';

/** What a file of settings says. */
export interface EnvFile {
  /** By name; of what has a problem there may be anything. */
  readonly values: Readonly<Record<string, string>>;
  /** Each with its line and setting, never with a value; empty if the file says what it seems to say. */
  readonly problems: readonly string[];
}

interface Entry {
  readonly line: number;
  readonly name: string;
  readonly value: string;
  /** What is wrong with the value, as the rest of a sentence. */
  readonly problem?: string;
}

const KNOWN: ReadonlySet<string> = new Set(SETTING_NAMES);
const BLANK = /^[ \t]*(?:#.*)?$/s;
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^=]*?)[ \t]*=(.*)$/s;
const QUOTES = `"'\``;
/** Quotation marks of word processors, which quote nothing here. */
const TYPOGRAPHIC = /^[\u2018-\u201F\u00AB\u00BB\u2039\u203A\u300C\uFF02\uFF07]/;
/** Such a name may be repeated in a message; other text before a "=" may be a part of somebody's secret. */
const LIKE_A_SETTING = /^[A-Z][A-Z0-9]{0,20}(?:_[A-Z0-9]{1,20}){1,6}$/;

/**
 * Reads `.env`: `NAME=value` lines as Node's `util.parseEnv` reads them, and refuses whatever that would read as something
 * else than was meant: another encoding, an unknown name or one given twice, a value that would be cut at a `#` or end
 * elsewhere than it seems to, a character that cannot be seen.
 *
 * @param file - how people call it, for messages.
 */
export function parseEnvFile(file: string, bytes: Uint8Array): EnvFile {
  const decoded = decodeText(bytes);
  if (decoded.kind === 'refused') {
    const line = decoded.text.slice(0, decoded.at).split('\n').length;
    return { values: {}, problems: [`${file}:${line}: ${decoded.message}`] };
  }
  const lines = decoded.text.split(/\r?\n/);
  const first = new Map<string, number>();
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const { entry, problem, used } = readEntry(lines, at);
    const wrong = problem ?? (entry === undefined ? undefined : problemOf(entry, first));
    if (wrong !== undefined) problems.push(`${file}:${at + 1}: ${wrong}`);
    if (entry !== undefined) {
      first.set(entry.name, first.get(entry.name) ?? entry.line);
      values[entry.name] = entry.value;
    }
    at += used;
  }
  return { values, problems };
}

/** What begins at a line, and how many lines it takes. */
interface Read {
  readonly entry?: Entry;
  readonly problem?: string;
  readonly used: number;
}

function readEntry(lines: readonly string[], at: number): Read {
  const line = lines[at] ?? '';
  if (BLANK.test(line)) return { used: 1 };
  const [, name, rest] = ASSIGNMENT.exec(line) ?? [];
  if (name === undefined || rest === undefined) {
    return { used: 1, problem: 'This is neither NAME=value nor a comment that begins with #.' };
  }
  const of = { line: at + 1, name };
  const value = rest.replace(/^[ \t]+/, '');
  if (value !== '' && QUOTES.includes(value.charAt(0))) {
    const { used, ...read } = readQuoted([value, ...lines.slice(at + 1)]);
    return { entry: { ...of, ...read }, used };
  }
  return { entry: { ...of, ...readPlain(rest) }, used: 1 };
}

function readPlain(rest: string): Pick<Entry, 'value' | 'problem'> {
  const hash = rest.indexOf('#');
  const value = trimmed(hash < 0 ? rest : rest.slice(0, hash));
  if (hash >= 0 && !/[ \t]/.test(rest.charAt(hash - 1))) {
    return {
      value,
      problem: 'has a # directly behind another character, where a comment would cut it: put the value in quotes',
    };
  }
  if (TYPOGRAPHIC.test(value)) {
    return { value, problem: 'begins with a quotation mark of a word processor: use \' or "' };
  }
  return { value };
}

/** @param lines - the first begins with the quotation mark. */
function readQuoted(lines: readonly string[]): Pick<Entry, 'value' | 'problem'> & { readonly used: number } {
  const quote = lines[0]?.charAt(0) ?? '';
  const text = lines.join('\n').slice(1);
  const end = text.indexOf(quote);
  if (end < 0) {
    return { value: '', used: 1, problem: `begins with ${quote}, and no ${quote} ends it` };
  }
  const raw = text.slice(0, end);
  const used = raw.split('\n').length;
  const value = quote === '"' ? raw.replaceAll('\\n', '\n') : raw;
  if (swallowsSetting(raw)) {
    return {
      value,
      used: 1,
      problem: `begins with ${quote} and would end only behind the next setting: end it with ${quote}`,
    };
  }
  const behind = text.slice(end + 1).split('\n', 1)[0] ?? '';
  if (!/^[ \t]*$/.test(behind) && !/^[ \t]+#/.test(behind)) {
    return {
      value,
      used,
      problem: `goes on behind the ${quote} that ends it: put it in quotation marks that it does not have in itself`,
    };
  }
  return { value, used };
}

const swallowsSetting = (raw: string): boolean =>
  raw
    .split('\n')
    .slice(1)
    .some((line) => KNOWN.has(ASSIGNMENT.exec(line)?.[1] ?? ''));

/** What is wrong with an entry, in a whole sentence. */
function problemOf({ name, value, problem }: Entry, first: ReadonlyMap<string, number>): string | undefined {
  if (!KNOWN.has(name)) return unknownName(name);
  const before = first.get(name);
  if (before !== undefined) {
    return `The setting ${name} stands in line ${before}, too: only the last one would count. Remove one of them.`;
  }
  if (problem !== undefined) return `The value of ${name} ${problem}.`;
  const unseen = [...value].find((character) => !'\n\t'.includes(character) && revealed(character) !== character);
  if (unseen === undefined) return undefined;
  return `The value of ${name} has a character that cannot be seen, ${revealed(unseen)}: remove it.`;
}

function unknownName(name: string): string {
  const meant = didYouMean(name, SETTING_NAMES);
  if (meant !== '' || LIKE_A_SETTING.test(name)) {
    return `There is no setting ${revealed(name)}.${meant} .env.example has all there are.`;
  }
  return 'What stands before the "=" is no setting. .env.example has all there are; a value of several lines needs quotes.';
}

const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');
