import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createMask } from '../../src/deploy/mask-secrets.ts';
import { parseEnvFile } from '../../src/deploy/parse-env-file.ts';
import { actionsOf, readManifest } from '../../src/deploy/read-manifest.ts';
import { SETTING_NAMES } from '../../src/deploy/setting-names.ts';
import { REPOSITORY } from './support/manifest-folder.ts';

const DEPLOYMENT_SETTINGS = ['OPENWHISK_APIHOST', 'OPENWHISK_AUTH', 'OPENWHISK_NAMESPACE', 'COUCHDB_ADMIN_URL'];

const example = async () => parseEnvFile('.env.example', await readFile(join(REPOSITORY, '.env.example')));

describe('.env.example', () => {
  it('has no problems, as it is and with an example line in place of its empty one', async () => {
    expect((await example()).problems).to.deep.equal([]);
    const text = await readFile(join(REPOSITORY, '.env.example'), 'utf8');
    const [line = ''] = /^# QLIK_TENANTS=.*$/m.exec(text) ?? [];
    const taken = text.replace(`${line}\nQLIK_TENANTS=`, line.slice('# '.length));
    expect(parseEnvFile('.env', Buffer.from(taken)).problems).to.deep.equal([]);
    const both = text.replace(line, line.slice('# '.length));
    expect(parseEnvFile('.env', Buffer.from(both)).problems.join()).to.match(
      /^\.env:\d+: The setting QLIK_TENANTS stands in line \d+, too/,
    );
  });

  it('lists every setting that the reader of .env knows, in the same order', async () => {
    expect(Object.keys((await example()).values)).to.deep.equal([...SETTING_NAMES]);
  });

  it('lists deployment’s own settings and every setting of the manifests, and nothing else', async () => {
    const manifests = ['manifest.yaml', 'questions.yaml'].map((name) => readManifest(join(REPOSITORY, name)));
    const actions = (await Promise.all(manifests)).flatMap(actionsOf);
    const inputs = actions
      .flatMap((action) => Object.keys(action.inputs ?? {}))
      .filter((name) => !name.includes('_or_'));
    const listed = Object.keys((await example()).values);
    expect(listed).to.have.members([...new Set([...DEPLOYMENT_SETTINGS, ...inputs])]);
  });

  it('lists no secret that the mask over wskdeploy’s output does not know', async () => {
    const listed = Object.keys((await example()).values);
    const secrets = listed.filter((name) =>
      /SECRET|KEY|AUTH$|_TENANTS|^COUCHDB_.*URL|^NOTIFY_CHANNELS|^SLACK_/.test(name),
    );
    for (const name of secrets) expect(createMask({ [name]: 'hidden' })(`${name} hidden`)).to.equal(`${name} ***`);
  });
});
