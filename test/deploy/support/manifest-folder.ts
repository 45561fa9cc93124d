import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

const ACTIONS = [
  'chains',
  'collector',
  'dashboard',
  'invoker',
  'meter',
  'metrics',
  'notifier',
  'questions-collector',
  'questions-storer',
  'receiver',
  'reload',
  'resolver',
  'storer',
];

/** Every required setting, with values that are easy to find again. */
export const SETTINGS = {
  QLIK_TENANT_URL: 'https://acme.eu.qlikcloud.com',
  QLIK_API_KEY: 'qlik-api-key-made-up-0001',
  WEBHOOK_SECRET: 'webhook-secret-made-up-0000000002',
  READ_API_KEY: 'read-api-key-made-up-0003',
};

/**
 * Makes a folder with Cascade's own manifest and a small bundle for each action, which only returns its name. The
 * caller removes it.
 */
export async function makeManifestFolder(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-manifest-'));
  await copyFile(join(REPOSITORY, 'manifest.yaml'), join(folder, 'manifest.yaml'));
  await mkdir(join(folder, 'dist/actions'), { recursive: true });
  for (const name of ACTIONS) {
    const code = `exports.main = () => ({ body: '${name}' });\n`;
    await writeFile(join(folder, 'dist/actions', `${name}.js`), code);
  }
  await writeFile(join(folder, 'dist/definition.json'), '{"links":{},"apps":{}}');
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
