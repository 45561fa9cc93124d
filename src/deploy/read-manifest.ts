import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject } from 'ajv';
import { parseDocument } from 'yaml';
import { CascadeError } from '../core/cascade-error.ts';
import { MANIFEST_SCHEMA, type Manifest } from './manifest-schema.ts';

const isManifest = new Ajv().compile<Manifest>(MANIFEST_SCHEMA);

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
export async function readManifest(file: string): Promise<Manifest> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CascadeError('DEPLOY_FAILED', `Cannot read the manifest ${file}: ${String(cause)}`, { cause });
  });
  const document = parseDocument(text);
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw new CascadeError('DEPLOY_FAILED', `${file} is no YAML: ${syntaxError.message}`);

  const content: unknown = document.toJS();
  if (isManifest(content)) return content;
  const [first] = isManifest.errors ?? [];
  throw new CascadeError(
    'DEPLOY_FAILED',
    `${file} is no manifest that Cascade can deploy${first === undefined ? '' : `: ${describe(first)}`}. Use wskdeploy itself for other keys.`,
  );
}
