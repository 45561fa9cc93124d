import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { deployManifest } from '../../src/deploy/deploy-manifest.ts';
import { makeManifestFolder, SETTINGS } from './support/manifest-folder.ts';
import { type RecordingHost, startRecordingHost } from './support/recording-host.ts';
import { refusal } from './support/refusal.ts';

const PUTS = {
  package: 'PUT /api/v1/namespaces/_/packages/cascade?overwrite=true',
  actions: [
    'chains',
    'collector',
    'dashboard',
    'invoker',
    'metrics',
    'notifier',
    'receiver',
    'reload',
    'resolver',
    'storer',
  ].map((name) => `PUT /api/v1/namespaces/_/actions/cascade/${name}?overwrite=true`),
  sequences: ['record', 'sweep', 'webhook'].map(
    (name) => `PUT /api/v1/namespaces/_/actions/cascade/${name}?overwrite=true`,
  ),
};

describe('deploying by our own calls', () => {
  let host: RecordingHost;
  let folder = '';
  let remove: () => Promise<void>;
  beforeEach(async () => {
    host = await startRecordingHost();
    ({ folder, remove } = await makeManifestFolder());
  });
  afterEach(async () => {
    await host.close();
    await remove();
  });

  const client = () => openwhisk({ apihost: host.url, api_key: 'user:key', namespace: '_' });
  const deploy = (env: Readonly<Record<string, string>> = SETTINGS) =>
    deployManifest({ manifestFile: join(folder, 'manifest.yaml'), env, client: client() });

  it('sends the package, then the actions, then the sequences over them, each overwriting', async () => {
    await deploy();
    const calls = host.requests.map(({ call }) => call);
    expect(calls[0]).to.equal(PUTS.package);
    expect(calls.slice(1, 11)).to.have.members(PUTS.actions);
    expect(calls.slice(11)).to.have.members(PUTS.sequences);
  });

  it('tells what it deployed', async () =>
    expect(await deploy()).to.have.members([
      'cascade',
      'cascade/chains',
      'cascade/collector',
      'cascade/dashboard',
      'cascade/invoker',
      'cascade/notifier',
      'cascade/metrics',
      'cascade/receiver',
      'cascade/record',
      'cascade/reload',
      'cascade/resolver',
      'cascade/storer',
      'cascade/sweep',
      'cascade/webhook',
    ]));

  it('deploys the meter only with a ledger, in which it counts', async () => {
    expect(await deploy({ ...SETTINGS, COUCHDB_URL: 'https://cascade:pw@couch.example' })).to.include('cascade/meter');
    expect(await deploy({ ...SETTINGS, COUCHDB_URL: '' })).not.to.include('cascade/meter');
  });

  const alternatives: readonly [string, string][] = [
    ['WEBHOOK_SECRET', 'WEBHOOK_SECRET_or_WEBHOOK_API_KEY_or_WEBHOOK_TENANTS'],
    ['QLIK_TENANT_URL', 'QLIK_TENANT_URL_or_QLIK_TENANTS'],
    ['QLIK_API_KEY', 'QLIK_API_KEY_or_QLIK_CLIENT_SECRET_or_QLIK_TENANTS'],
    ['READ_API_KEY', 'READ_API_KEY_or_READ_JWT_SECRET_or_READ_JWT_JWKS_URL'],
  ];
  for (const [name, told] of alternatives) {
    it(`sends nothing when ${name} is empty and nothing stands in for it, and says so`, async () => {
      expect(await refusal(deploy({ ...SETTINGS, [name]: '' }))).to.contain(told);
      expect(host.requests).to.deep.equal([]);
    });
  }

  it('sends nothing when a bundle is missing', async () => {
    await rm(join(folder, 'dist/actions/reload.js'));
    expect(await refusal(deploy())).to.contain('dist/actions/reload.js, which cannot be read; run ./build.sh first');
    expect(host.requests).to.deep.equal([]);
  });

  it('says which part OpenWhisk refused, and why', async () => {
    await host.close();
    expect(await refusal(deploy())).to.match(/^OpenWhisk did not take the package cascade: .*ECONNREFUSED/);
  });
});
