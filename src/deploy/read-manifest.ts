import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { parseDocument } from 'yaml';
import { CascadeError } from '../core/cascade-error.ts';
import { MANIFEST_SCHEMA, type Manifest } from './manifest-schema.ts';
import { SCHEDULE_SCHEMA, type Schedule } from './schedule-schema.ts';

const ajv = new Ajv();
const isManifest = ajv.compile<Manifest>(MANIFEST_SCHEMA);
const isSchedule = ajv.compile<Schedule>(SCHEDULE_SCHEMA);

const describe = ({ instancePath, message, params }: ErrorObject): string => {
  const at = instancePath === '' ? 'at the top' : `at ${instancePath.slice(1)}`;
  const key = 'additionalProperty' in params ? `: ${String(params['additionalProperty'])}` : '';
  const allowed = 'allowedValues' in params ? ` (${JSON.stringify(params['allowedValues'])})` : '';
  return `${at}, it ${message}${key}${allowed}`;
};

/**
 * Reads a wskdeploy manifest.
 *
 * @throws CascadeError DEPLOY_FAILED when the file cannot be read, is no YAML, or holds a key that we do not deploy.
 */
export const readManifest = (file: string): Promise<Manifest> => readChecked(file, isManifest);

/** Reads a manifest of triggers and rules; fails as `readManifest` does. */
export const readSchedule = (file: string): Promise<Schedule> => readChecked(file, isSchedule);

async function readChecked<T>(file: string, isWanted: ValidateFunction<T>): Promise<T> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CascadeError('DEPLOY_FAILED', `Cannot read the manifest ${file}: ${String(cause)}`, { cause });
  });
  const document = parseDocument(text);
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw new CascadeError('DEPLOY_FAILED', `${file} is no YAML: ${syntaxError.message}`);

  const content: unknown = document.toJS();
  if (isWanted(content)) return content;
  const [first] = isWanted.errors ?? [];
  throw new CascadeError(
    'DEPLOY_FAILED',
    `${file} is no manifest that Cascade can deploy${first === undefined ? '' : `: ${describe(first)}`}. Use wskdeploy itself for other keys.`,
  );
}
