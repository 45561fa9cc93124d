import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CascadeError } from '../core/cascade-error.ts';
import { deployFailed } from './deploy-failed.ts';
import type { Environment } from './environment.ts';
import { type EnvFile, parseEnvFile } from './parse-env-file.ts';

/**
 * Reads the settings of a deployment from `file` (`.env`) and the environment, for `./build.sh deploy` and for commands
 * that work with what is deployed. A variable of the environment overrides the file, even an empty one. The file is
 * parsed, and no shell runs it.
 *
 * @throws CascadeError DEPLOY_FAILED if the file is missing or cannot be read; SETTINGS_INVALID with every problem of
 *   `parseEnvFile`, one in each line.
 */
export async function readSettings(file: string, environment: Environment): Promise<Environment> {
  const { values, problems } = await readEnvFile(file);
  if (problems.length > 0) throw new CascadeError('SETTINGS_INVALID', problems.join('\n'));
  return { ...values, ...environment };
}

/**
 * Reads the settings in a file, and the problems of the file.
 *
 * @throws CascadeError DEPLOY_FAILED if the file is missing or cannot be read.
 */
export async function readEnvFile(file: string): Promise<EnvFile> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const hint = cause.code === 'ENOENT' ? 'copy .env.example to .env and fill it in' : String(cause.code);
    throw deployFailed(`Cannot read ${file}: ${hint}.`, cause);
  });
  return parseEnvFile(basename(file), bytes);
}
