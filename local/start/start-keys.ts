import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import { writeFileSynced } from '../store/level/disk.ts';

/** The secrets that `npm start` makes: with the same ones, what a person noted works after the next start. */
export interface StartKeys {
  readonly hostAuth: string;
  readonly readApiKey: string;
  /** Of the store's administrator. */
  readonly storePassword: string;
  /** Of the store's user that the actions are. */
  readonly writerPassword: string;
  /** Of the webhook of each tenant. */
  readonly webhookSecrets: Readonly<Record<TenantName, string>>;
}

const SINGLE = ['hostAuth', 'readApiKey', 'storePassword', 'writerPassword'] as const;

const newSecret = (): string => randomBytes(24).toString('hex');

/** New keys for these tenants. */
export const newKeys = (tenants: readonly TenantName[]): StartKeys => ({
  hostAuth: `${randomUUID()}:${randomBytes(32).toString('hex')}`,
  readApiKey: newSecret(),
  storePassword: newSecret(),
  writerPassword: newSecret(),
  webhookSecrets: Object.fromEntries(tenants.map((name) => [name, newSecret()])),
});

/**
 * The keys in `file`, for these tenants; what it does not have is made and written into it first, for its owner alone.
 *
 * @throws CascadeError SETTINGS_INVALID for a file that is broken.
 */
export async function keptKeys(file: string, tenants: readonly TenantName[]): Promise<StartKeys> {
  const known = await readKeys(file);
  const made = newKeys(tenants);
  const webhookSecrets = { ...made.webhookSecrets, ...known?.webhookSecrets };
  const keys: StartKeys = { ...made, ...known, webhookSecrets };
  const isKept = known !== undefined && tenants.every((name) => known.webhookSecrets[name] !== undefined);
  if (!isKept) await writeFileSynced(file, `${JSON.stringify(keys, undefined, 2)}\n`);
  return keys;
}

async function readKeys(file: string): Promise<StartKeys | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const keys = parse(text);
  if (isKeys(keys)) return keys;
  throw new CascadeError('SETTINGS_INVALID', `The keys in ${file} are broken: remove the file, and new ones are made.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isKeys(value: unknown): value is StartKeys {
  const keys: Readonly<Record<string, unknown>> = Object(value);
  const secrets = [...SINGLE.map((name) => keys[name]), ...Object.values(Object(keys['webhookSecrets']))];
  return (
    typeof keys['webhookSecrets'] === 'object' && secrets.every((secret) => typeof secret === 'string' && secret !== '')
  );
}
