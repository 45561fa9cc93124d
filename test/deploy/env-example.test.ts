import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { createMask } from '../../src/deploy/mask-secrets.ts';
import { readManifest } from '../../src/deploy/read-manifest.ts';
import { REPOSITORY } from './support/manifest-folder.ts';

const DEPLOYMENT_SETTINGS = ['OPENWHISK_APIHOST', 'OPENWHISK_AUTH', 'OPENWHISK_NAMESPACE', 'COUCHDB_ADMIN_URL'];

describe('.env.example', () => {
  it('lists deployment’s own settings and every setting of the manifest, and nothing else', async () => {
    const { project } = await readManifest(join(REPOSITORY, 'manifest.yaml'));
    const actions = Object.values(project.packages['cascade']?.actions ?? {});
    const inputs = actions
      .flatMap((action) => Object.keys(action.inputs ?? {}))
      .filter((name) => !name.includes('_or_'));
    const listed = Object.keys(parseEnv(await readFile(join(REPOSITORY, '.env.example'), 'utf8')));
    expect(listed).to.have.members([...DEPLOYMENT_SETTINGS, ...new Set(inputs)]);
  });

  it('lists no secret that the mask over wskdeploy’s output does not know', async () => {
    const listed = Object.keys(parseEnv(await readFile(join(REPOSITORY, '.env.example'), 'utf8')));
    const secrets = listed.filter((name) => /SECRET|KEY|AUTH$|_TENANTS|^COUCHDB_.*URL/.test(name));
    for (const name of secrets) expect(createMask({ [name]: 'hidden' })(`${name} hidden`)).to.equal(`${name} ***`);
  });
});
