import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { CascadeError } from '../core/cascade-error.ts';
import type { Environment } from './environment.ts';

/**
 * The settings for a deployment: what `file` says, overridden by the real environment (also by a variable that is set to
 * nothing). The file is parsed by Node, never run by a shell.
 *
 * @throws CascadeError DEPLOY_FAILED when the file is missing or cannot be read.
 */
export async function readSettings(file: string, environment: Environment): Promise<Environment> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const hint = cause.code === 'ENOENT' ? 'copy .env.example to .env and fill it in' : String(cause.code);
    throw new CascadeError('DEPLOY_FAILED', `Cannot read ${file}: ${hint}.`, { cause });
  });
  return { ...parseEnv(text), ...environment };
}
