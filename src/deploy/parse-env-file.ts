/*
 * `.env` has the settings of a deployment, many of them secrets. This file reads it, and finds mistakes that would
 * otherwise show only later, in a place where nobody expects them. A message does not repeat a value, because it may be
 * a secret.
 */

import { didYouMean } from '../core/chains/nearest-name.ts';
import { decodeText } from '../core/decode-text.ts';
import { revealed } from '../core/visible.ts';
import { SETTING_NAMES } from './setting-names.ts';

/** The content of a file of settings. */
export interface EnvFile {
  /** The values by the settings' names. If a setting has a problem, do not use its value. */
  readonly values: Readonly<Record<string, string>>;
  /** Messages. Each names the line, and the setting if it is known. None contains a value. */
  readonly problems: readonly string[];
}

/** A value, and how many lines of the file it takes. */
interface Value {
  readonly value: string;
  readonly lines: number;
  /** What is wrong with the value, as the rest of a sentence. */
  readonly problem?: string;
}

/** An empty line or a comment. */
const BLANK = /^[ \t]*(?:#.*)?$/s;
/** `NAME=value`, also `export NAME = value`. */
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^=]*?)[ \t]*=(.*)$/s;
/** A value that begins with a quotation mark. */
const QUOTED = /^[ \t]*(["'`])(.*)$/s;
/** The quotation marks that a word processor writes. In `.env` they do not quote anything. */
const TYPOGRAPHIC = /^[\u2018-\u201F\u00AB\u00BB\u2039\u203A\u300C\uFF02\uFF07]/;
/**
 * Such as `QLIK_API_KEYS`. A message repeats an unknown name only if it looks like this, or is nearly the name of a
 * setting. Another text before a "=" may be a part of somebody's secret.
 */
const LIKE_A_SETTING = /^[A-Z][A-Z0-9]{0,20}(?:_[A-Z0-9]{1,20}){1,6}$/;

/**
 * Reads `.env`: lines `NAME=value`, with the same values as Node's `util.parseEnv`. It reports a problem if the writer
 * probably meant something else: the file is not UTF-8, a name is unknown or occurs twice, a `#` would cut a value, a
 * quoted value would end elsewhere than it seems to, or a character cannot be seen.
 *
 * @param file - the file's name, for messages.
 */
export function parseEnvFile(file: string, bytes: Uint8Array): EnvFile {
  const decoded = decodeText(bytes);
  if (decoded.kind === 'refused') {
    const line = decoded.text.slice(0, decoded.at).split('\n').length;
    return { values: {}, problems: [`${file}:${line}: ${decoded.message}`] };
  }
  const lines = decoded.text.split(/\r?\n/);
  const lineOf = new Map<string, number>();
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [line = '', ...below] = lines.slice(at);
    if (BLANK.test(line)) continue;
    const where = `${file}:${at + 1}: `;
    const [, name, rest] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined || rest === undefined) {
      problems.push(`${where}This is neither NAME=value nor a comment that begins with #.`);
      continue;
    }
    const value = readValue(rest, below);
    const problem = problemOf(name, value, lineOf.get(name));
    if (problem !== undefined) problems.push(where + problem);
    if (!lineOf.has(name)) lineOf.set(name, at + 1);
    values[name] = value.value;
    at += value.lines - 1;
  }
  return { values, problems };
}

/** Reads the value of a setting: what follows the `=`. A quoted value may take several lines. */
function readValue(rest: string, below: readonly string[]): Value {
  const [, quote, begin] = QUOTED.exec(rest) ?? [];
  return quote === undefined || begin === undefined ? readPlain(rest) : readQuoted(quote, [begin, ...below].join('\n'));
}

function readPlain(rest: string): Value {
  const hash = rest.indexOf('#');
  const value = (hash < 0 ? rest : rest.slice(0, hash)).replace(/^[ \t]+|[ \t]+$/g, '');
  if (hash >= 0 && !/[ \t]/.test(rest.charAt(hash - 1))) {
    const problem = 'has a # directly behind another character, where a comment would cut it: put the value in quotes';
    return { value, lines: 1, problem };
  }
  const problem = 'begins with a quotation mark of a word processor: use \' or "';
  return { value, lines: 1, ...(TYPOGRAPHIC.test(value) && { problem }) };
}

/** @param text - everything from the opening quotation mark (exclusive) to the end of the file. */
function readQuoted(quote: string, text: string): Value {
  const end = text.indexOf(quote);
  if (end < 0) return { value: '', lines: 1, problem: `begins with ${quote}, and no ${quote} ends it` };
  const raw = text.slice(0, end);
  const value = quote === '"' ? raw.replaceAll('\\n', '\n') : raw;
  const [, ...furtherLines] = raw.split('\n');
  // If the value seems to contain another setting, its closing quotation mark was probably forgotten.
  if (furtherLines.some((line) => SETTING_NAMES.includes(ASSIGNMENT.exec(line)?.[1] ?? ''))) {
    const problem = `begins with ${quote} and would end only behind the next setting: end it with ${quote}`;
    return { value, lines: 1, problem };
  }
  const behind = text.slice(end + 1).split('\n', 1)[0] ?? '';
  const isBlankOrComment = /^[ \t]*$|^[ \t]+#/.test(behind);
  const problem = `goes on behind the ${quote} that ends it: use quotation marks that are not in the value`;
  return { value, lines: furtherLines.length + 1, ...(!isBlankOrComment && { problem }) };
}

/** What is wrong with a setting, in a whole sentence; undefined if nothing is. */
function problemOf(name: string, { value, problem }: Value, firstLine: number | undefined): string | undefined {
  if (!SETTING_NAMES.includes(name)) return unknownName(name);
  if (firstLine !== undefined) {
    return `The setting ${name} stands in line ${firstLine}, too: only the last one would count. Remove one of them.`;
  }
  if (problem !== undefined) return `The value of ${name} ${problem}.`;
  const unseen = [...value].find((character) => !'\n\t'.includes(character) && revealed(character) !== character);
  return unseen && `The value of ${name} has a character that cannot be seen, ${revealed(unseen)}: remove it.`;
}

function unknownName(name: string): string {
  const meant = didYouMean(name, SETTING_NAMES);
  if (meant !== '' || LIKE_A_SETTING.test(name)) {
    return `There is no setting ${revealed(name)}.${meant} .env.example has all there are.`;
  }
  return 'The text before the "=" is not a setting. .env.example has all there are; a value of several lines needs quotes.';
}
