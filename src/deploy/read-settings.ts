import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { CascadeError } from '../core/cascade-error.ts';
import type { Environment } from './environment.ts';
import { type EnvFile, parseEnvFile } from './parse-env-file.ts';

/**
 * The settings for a deployment: what `file` says, overridden by the real environment (also by a variable that is set to
 * nothing). The file is never run by a shell.
 *
 * @throws CascadeError DEPLOY_FAILED when the file is missing or cannot be read; SETTINGS_INVALID with every problem of
 *   `parseEnvFile`, each in a line of its own.
 */
export async function readSettings(file: string, environment: Environment): Promise<Environment> {
  const { values, problems } = await readEnvFile(file);
  if (problems.length > 0) throw new CascadeError('SETTINGS_INVALID', problems.join('\n'));
  return { ...values, ...environment };
}

/**
 * What a file of settings says, and what is wrong with it.
 *
 * @throws CascadeError DEPLOY_FAILED when the file is missing or cannot be read.
 */
export async function readEnvFile(file: string): Promise<EnvFile> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const hint = cause.code === 'ENOENT' ? 'copy .env.example to .env and fill it in' : String(cause.code);
    throw new CascadeError('DEPLOY_FAILED', `Cannot read ${file}: ${hint}.`, { cause });
  });
  return parseEnvFile(basename(file), bytes);
}
