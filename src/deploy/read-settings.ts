import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CascadeError } from '../core/cascade-error.ts';
import { deployFailed } from './deploy-failed.ts';
import type { Environment } from './environment.ts';
import { type EnvFile, parseEnvFile } from './parse-env-file.ts';

/**
 * The settings for a deployment: those of `file`, overridden by the real environment (even by an empty variable). No shell
 * ever runs the file.
 *
 * @throws CascadeError DEPLOY_FAILED if the file is missing or cannot be read; SETTINGS_INVALID with every problem of
 *   `parseEnvFile`, each in its own line.
 */
export async function readSettings(file: string, environment: Environment): Promise<Environment> {
  const { values, problems } = await readEnvFile(file);
  if (problems.length > 0) throw new CascadeError('SETTINGS_INVALID', problems.join('\n'));
  return { ...values, ...environment };
}

/**
 * The settings in a file, and what is wrong with it.
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
