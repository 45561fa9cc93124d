/*
 * People write in chain files (YAML) which app reloads after which. This file checks one file's content by a JSON
 * schema. It explains each mistake in a sentence for the person, because the validator's own messages are hard to
 * understand.
 */

import { Ajv, type ErrorObject } from 'ajv';
import type { AppEntry, ChainContent, NotifyEntry, ReloadEntry } from '../core/chains/chain-file.ts';
import { didYouMean } from '../core/chains/nearest-name.ts';
import { errorAt, type Path, type Problem, type ProblemCode } from '../core/chains/problem.ts';
import { SCHEDULE_ADVICE } from '../core/chains/schedule-advice.ts';
import { charactersOf } from '../core/count-characters.ts';
import schema from './chain.schema.json' with { type: 'json' };

// With `unicode: false`, Ajv counts lengths in UTF-16 units, as Qlik does. Without a logger, because Ajv would log that
// this option is deprecated.
const validate = new Ajv({
  allErrors: true,
  verbose: true,
  unicode: false,
  logger: false,
  strictTypes: false,
}).compile<ChainContent>(schema);

/** The result of checking one file's value by the schema. */
export interface CheckedShape {
  /**
   * The value, with `null` in place of each app or reload that the schema refuses, and without a refused `notify`;
   * `null` if the chain has no usable name.
   */
  readonly content: ChainContent | null;
  readonly problems: readonly Problem[];
}

/** Finds how the file writes the value at a path: `0x10` for 16. Undefined for a quoted text, a list or a mapping. */
export type WrittenAt = (path: Path) => string | undefined;

/** Checks a file's content by chain.schema.json. */
export function checkShape(file: string, value: unknown, writtenAt: WrittenAt = () => undefined): CheckedShape {
  if (validate(value)) return { content: value, problems: [] };
  // Ajv reports `if` and `propertyNames` beside the errors inside them, and those say what is wrong.
  const errors = (validate.errors ?? []).filter(
    (error) => error.keyword !== 'if' && error.keyword !== 'propertyNames' && !isShortForPeople(error),
  );
  if (errors.length === 0) return { content: value as ChainContent, problems: [] };
  const problems = errors.map((error) => problemOf(file, error, value, writtenAt));
  return { content: withoutRefused(value, problems), problems };
}

/**
 * How many UTF-16 units the characters of an allowed text may have on average: some visible characters have several.
 */
const MOST_UNITS_OF_A_CHARACTER = 16;

/**
 * Whether a text for people is short enough, counted in visible characters. A text for Qlik is counted in UTF-16 units.
 */
function isShortForPeople({ keyword, instancePath, params, data }: ErrorObject): boolean {
  const limit: unknown = params['limit'];
  if (keyword !== 'maxLength' || typeof data !== 'string' || typeof limit !== 'number') return false;
  if (isCountedByQlik(instancePath) || data.length > limit * MOST_UNITS_OF_A_CHARACTER) return false;
  return charactersOf(data).length <= limit;
}

const isCountedByQlik = (instancePath: string): boolean => /^\/reloads\/\d+\/variables(?:\/|$)/.test(instancePath);

function problemOf(file: string, error: ErrorObject, value: unknown, writtenAt: WrittenAt): Problem {
  const path = pathOf(error.instancePath, value);
  const { code, message, key } = explain(error, path, writtenAt(path));
  return errorAt({ file, path: key === undefined ? path : [...path, key], atKey: isAtKey(error) }, code, message);
}

/** The segments of a JSON pointer: `/reloads/0/app` becomes `['reloads', 0, 'app']`. */
function pathOf(pointer: string, value: unknown): Path {
  let part: unknown = value;
  return pointer
    .split('/')
    .slice(1)
    .map((raw) => {
      const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const segment = Array.isArray(part) ? Number(key) : key;
      part = (part as Record<string | number, unknown>)[segment];
      return segment;
    });
}

const isAtKey = ({ keyword, propertyName }: ErrorObject): boolean =>
  propertyName !== undefined || keyword === 'additionalProperties' || keyword === 'required';

/** What is wrong, in a sentence for people. */
interface Explained {
  readonly code: ProblemCode;
  readonly message: string;
  /** The key that is wrong, below the error's own path. */
  readonly key?: string;
}

/** The part of the schema that a value has to match. `description` completes the sentence "… must be …". */
interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly $ref?: string;
}

/** Explains an error of the schema's validator. */
function explain(error: ErrorObject, path: Path, written: string | undefined): Explained {
  const part = error.parentSchema as SchemaPart;
  const rule = part.description ?? error.message ?? '';
  if (error.keyword === 'additionalProperties') {
    return unknownField(String(error.params['additionalProperty']), Object.keys(part.properties ?? {}));
  }
  if (error.keyword === 'required') return missingField(String(error.params['missingProperty']), part);
  if (error.propertyName !== undefined) {
    const key = error.propertyName;
    return { code: codeOf(error.keyword), message: `${shownText(key, error)} must be ${rule}.`, key };
  }
  const message = `${subject(path)} must be ${rule}; it is ${shown(error, written)}.${quotesHint(error, written)}`;
  return { code: codeOf(error.keyword), message };
}

function unknownField(field: string, known: readonly string[]): Explained {
  const hint = levelHint(field, known) || foreignHint(field, known) || didYouMean(field, known);
  const message = `There is no field "${field}" here.${hint} The fields are ${known.join(', ')}.`;
  return { code: 'UNKNOWN_FIELD', message, key: field };
}

const { all, atLeast, reload } = schema.definitions;
const RELOAD_FIELDS: ReadonlySet<string> = new Set(Object.keys(reload.properties));
const AFTER_FIELDS: ReadonlySet<string> = new Set([all, atLeast].flatMap(({ properties }) => Object.keys(properties)));

/** Advice for a field of a reload that is written below `after`, or the reverse. */
function levelHint(field: string, known: readonly string[]): string {
  if (known.includes('after') && AFTER_FIELDS.has(field)) {
    const example = field === 'on' ? '{ app: extract, on: failed }' : '{ all: [a, b], within: 6h }';
    return ` It belongs below "after", as in after: ${example}.`;
  }
  return known.includes('on') && RELOAD_FIELDS.has(field) ? ' It belongs beside "after", not below it.' : '';
}

const TIME_FIELDS: ReadonlySet<string> = new Set(['schedule', 'schedules', 'cron', 'time', 'at', 'every', 'interval']);
const OR_FIELDS: ReadonlySet<string> = new Set(['any', 'anyOf', 'oneOf', 'or', 'some']);

/** Advice for a field that other schedulers have: a time, or a list of which one app is enough. */
function foreignHint(field: string, known: readonly string[]): string {
  if (TIME_FIELDS.has(field)) return ` ${SCHEDULE_ADVICE}`;
  const isBelowAfter = known.includes('on') && known.includes('app');
  if (!OR_FIELDS.has(field) || !(isBelowAfter || known.includes('after'))) return '';
  return ' To reload after each of several apps, write a list, as in after: [a, b]. To wait for some of them, write { atLeast: 2, of: [a, b, c] }; with atLeast: 1, one is enough.';
}

function missingField(field: string, { properties }: SchemaPart): Explained {
  const part = properties?.[field];
  const name = part?.$ref?.split('/').at(-1) as keyof typeof schema.definitions | undefined;
  const { description } = name === undefined ? (part ?? {}) : (schema.definitions[name] as SchemaPart);
  return { code: 'MISSING_FIELD', message: `"${field}" is missing here: ${description}.` };
}

function codeOf(keyword: string): ProblemCode {
  if (keyword === 'type' || keyword === 'enum') return 'WRONG_TYPE';
  return keyword === 'pattern' ? 'BAD_NAME' : 'OUT_OF_BOUNDS';
}

function subject(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'A chain file';
  return typeof last === 'number' ? `Number ${last + 1} of "${path.at(-2)}"` : `"${last}"`;
}

/** How many characters of a wrong text a message shows, so that it stays in one line. */
const SHOWN_CHARACTERS = 60;

function shown(error: ErrorObject, written: string | undefined): string {
  const value: unknown = error.data;
  if (typeof value === 'string') return shownText(value, error);
  if (value === null || value === undefined) return written ? `${written}, which stands for nothing in YAML` : 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') {
    const count = Object.keys(value).length;
    return `a mapping with ${count} field${count === 1 ? '' : 's'}`;
  }
  return `the ${typeof value} ${written ?? String(value)}`;
}

/** A text in quotes. A long text is cut, and its length follows in brackets. */
function shownText(text: string, { keyword, instancePath }: ErrorObject): string {
  const characters = charactersOf(text);
  const isLong = characters.length > SHOWN_CHARACTERS;
  const inQuotes = isLong
    ? `${JSON.stringify(characters.slice(0, SHOWN_CHARACTERS).join('')).slice(0, -1)}…`
    : JSON.stringify(text);
  const byQlik =
    isCountedByQlik(instancePath) && text.length !== characters.length ? `, ${text.length} as Qlik counts` : '';
  return isLong || keyword === 'maxLength' ? `${inQuotes} (${characters.length} long${byQlik})` : inQuotes;
}

/**
 * Advice to add quotes if YAML read a number, a boolean or nothing where a text is wanted. In the reverse case, advice
 * to remove them.
 */
function quotesHint({ keyword, params, data, parentSchema }: ErrorObject, written: string | undefined): string {
  if (keyword !== 'type') return '';
  const wanted: unknown = params['type'];
  // A duration, such as 6h, lacks its unit. Quotes would not help.
  if (parentSchema?.['pattern'] === schema.definitions.duration.pattern) return '';
  if (wanted === 'string' && written && typeof data !== 'string') return ` Put it in quotes: "${written}".`;
  if (typeof data !== 'string') return '';
  if (wanted === 'integer' && /^\d+$/.test(data)) return ` Write it without quotes: ${data}.`;
  const meant = wanted === 'boolean' ? BOOLEANS[data.toLowerCase()] : undefined;
  return meant === undefined ? '' : ` Write ${meant}, without quotes.`;
}

/** What a person may mean by a quoted word if a boolean is wanted. `yes` and `on` are booleans in YAML 1.1 only. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/** Keeps the parts that the schema accepts, so that one mistake does not hide the others. */
function withoutRefused(value: unknown, problems: readonly Problem[]): ChainContent | null {
  const refused = new Set(problems.map(({ path }) => JSON.stringify(path.slice(0, 2))));
  const isRefused = (...path: (string | number)[]): boolean => refused.has(JSON.stringify(path));
  if (!isMapping(value) || typeof value['chain'] !== 'string' || isRefused('chain')) return null;
  const isNotifyRefused = problems.some(({ path }) => path[0] === 'notify');
  const apps = Object.entries(isMapping(value['apps']) ? value['apps'] : {});
  const reloads: unknown[] = Array.isArray(value['reloads']) ? value['reloads'] : [];
  return {
    chain: value['chain'],
    enabled: value['enabled'] !== false,
    ...(Array.isArray(value['notify']) && !isNotifyRefused && { notify: value['notify'] as readonly NotifyEntry[] }),
    apps: Object.fromEntries(apps.map(([name, app]) => [name, isRefused('apps', name) ? null : (app as AppEntry)])),
    reloads: reloads.map((entry, position) => (isRefused('reloads', position) ? null : (entry as ReloadEntry))),
  };
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
