import { Ajv, type ErrorObject } from 'ajv';
import type { AppEntry, ChainContent, ReloadEntry } from '../core/chains/chain-file.ts';
import { didYouMean } from '../core/chains/nearest-name.ts';
import { errorAt, type Path, type Problem, type ProblemCode } from '../core/chains/problem.ts';
import schema from './chain.schema.json' with { type: 'json' };

// Lengths in UTF-16 units, as Qlik counts them: hence `unicode: false`, which Ajv calls deprecated, and no logger.
const validate = new Ajv({
  allErrors: true,
  verbose: true,
  unicode: false,
  logger: false,
  strictTypes: false,
}).compile<ChainContent>(schema);

/** What the schema says about one file's value. */
export interface CheckedShape {
  /** The value without the parts that were refused (they are `null`); `null` when too little is left. */
  readonly content: ChainContent | null;
  readonly problems: readonly Problem[];
}

/** Checks a file's value by chain.schema.json. */
export function checkShape(file: string, value: unknown): CheckedShape {
  if (validate(value)) return { content: value, problems: [] };
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if' && keyword !== 'propertyNames');
  const problems = errors.map((error) => problemOf(file, error, value));
  return { content: withoutRefused(value, problems), problems };
}

function problemOf(file: string, error: ErrorObject, value: unknown): Problem {
  const path = pathOf(error.instancePath, value);
  const { code, message, key } = explain(error, path);
  return errorAt({ file, path: key === undefined ? path : [...path, key], atKey: isAtKey(error) }, code, message);
}

/** A JSON pointer's segments; those that lead into lists as numbers. */
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

interface Explained {
  readonly code: ProblemCode;
  readonly message: string;
  /** The key that is meant, below the error's own path. */
  readonly key?: string;
}

interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly $ref?: string;
}

function explain(error: ErrorObject, path: Path): Explained {
  const part = error.parentSchema as SchemaPart;
  const rule = part.description ?? error.message ?? '';
  if (error.keyword === 'additionalProperties') {
    return unknownField(String(error.params['additionalProperty']), Object.keys(part.properties ?? {}));
  }
  if (error.keyword === 'required') return missingField(String(error.params['missingProperty']), part);
  if (error.propertyName !== undefined) {
    const key = error.propertyName;
    return { code: codeOf(error.keyword), message: `${shown(key)} must be ${rule}.`, key };
  }
  return { code: codeOf(error.keyword), message: `${subject(path)} must be ${rule}; it is ${shown(error.data)}.` };
}

function unknownField(field: string, known: readonly string[]): Explained {
  const message = `There is no field "${field}" here.${didYouMean(field, known)} The fields are ${known.join(', ')}.`;
  return { code: 'UNKNOWN_FIELD', message, key: field };
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

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return `a mapping with ${Object.keys(value).length} fields`;
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} long)` : text;
}

/** Keeps what the schema did not refuse, so that one mistake does not hide the others. */
function withoutRefused(value: unknown, problems: readonly Problem[]): ChainContent | null {
  const refused = new Set(problems.map(({ path }) => JSON.stringify(path.slice(0, 2))));
  const isRefused = (...path: (string | number)[]): boolean => refused.has(JSON.stringify(path));
  if (!isMapping(value) || typeof value['chain'] !== 'string' || isRefused('chain')) return null;
  const apps = Object.entries(isMapping(value['apps']) ? value['apps'] : {});
  const reloads: unknown[] = Array.isArray(value['reloads']) ? value['reloads'] : [];
  return {
    chain: value['chain'],
    enabled: value['enabled'] !== false,
    apps: Object.fromEntries(apps.map(([name, app]) => [name, isRefused('apps', name) ? null : (app as AppEntry)])),
    reloads: reloads.map((entry, position) => (isRefused('reloads', position) ? null : (entry as ReloadEntry))),
  };
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
