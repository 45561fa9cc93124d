import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { TenantName } from '../../src/core/names.ts';
import { writeFileSynced } from '../store/level/disk.ts';

/**
 * The secrets that `npm start` makes, to run all of Cascade on one machine. If there is a data directory, they are kept
 * there, so that a key that a person has copied also works after the next start.
 */
export interface StartKeys {
  /** The key of the OpenWhisk host, `<uuid>:<key>` as OpenWhisk has it. */
  readonly hostAuth: string;
  /** The key with which a reader asks the actions `chains` and `metrics`. */
  readonly readApiKey: string;
  /** The password of the store's administrator. */
  readonly storePassword: string;
  /** The password of the store's user with whom the actions log in. */
  readonly writerPassword: string;
  /** The password of the person whom the dashboard's link signs in. */
  readonly deskPassword: string;
  /** The secret of each tenant's webhook. */
  readonly webhookSecrets: Readonly<Record<TenantName, string>>;
}

const newSecret = (): string => randomBytes(24).toString('hex');

/** New keys for these tenants. */
export const newKeys = (tenants: readonly TenantName[]): StartKeys => ({
  hostAuth: `${randomUUID()}:${randomBytes(32).toString('hex')}`,
  readApiKey: newSecret(),
  storePassword: newSecret(),
  writerPassword: newSecret(),
  deskPassword: newSecret(),
  webhookSecrets: Object.fromEntries(tenants.map((name) => [name, newSecret()])),
});

/**
 * Reads the keys for these tenants from `file`. If keys are missing, this makes them, and writes all keys into the file
 * before it returns. A new file can be read by its owner only.
 *
 * @throws CascadeError SETTINGS_INVALID if the file is broken; an error of Node.js if the disk fails.
 */
export async function keptKeys(file: string, tenants: readonly TenantName[]): Promise<StartKeys> {
  const known = await readKeys(file);
  const made = newKeys(tenants);
  const keys: StartKeys = {
    ...made,
    ...known,
    webhookSecrets: { ...made.webhookSecrets, ...known?.webhookSecrets },
  };
  const isKept = known?.deskPassword !== undefined && tenants.every((name) => known.webhookSecrets[name] !== undefined);
  if (!isKept) await writeFileSynced(file, `${JSON.stringify(keys, undefined, 2)}\n`);
  return keys;
}

/** An earlier version has kept no password for the dashboard. */
type KeptKeys = Omit<StartKeys, 'deskPassword'> & Partial<Pick<StartKeys, 'deskPassword'>>;

async function readKeys(file: string): Promise<KeptKeys | undefined> {
  try {
    const keys: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (areStartKeys(keys)) return keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CascadeError('SETTINGS_INVALID', `The keys in ${file} are broken: remove the file, and new ones are made.`);
}

function areStartKeys(value: unknown): value is KeptKeys {
  const {
    hostAuth,
    readApiKey,
    storePassword,
    writerPassword,
    deskPassword = '-',
    webhookSecrets,
  }: Partial<StartKeys> = Object(value);
  const secrets = [
    hostAuth,
    readApiKey,
    storePassword,
    writerPassword,
    deskPassword,
    ...Object.values(Object(webhookSecrets)),
  ];
  return typeof webhookSecrets === 'object' && secrets.every((secret) => typeof secret === 'string' && secret !== '');
}
