import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { startHost } from '../../local/host/start-host.ts';
import { deployManifest } from '../../src/deploy/deploy-manifest.ts';
import { makeManifestFolder, REPOSITORY } from './support/manifest-folder.ts';
import { readEverything } from './support/read-everything.ts';

/** A value for every setting. The test looks for each value in the only places that may have it. */
const EVERY_SETTING = {
  WEBHOOK_SECRET: 'find-me-01',
  WEBHOOK_SECRET_PREVIOUS: 'find-me-02',
  WEBHOOK_API_KEY: 'find-me-03',
  WEBHOOK_TENANTS: 'find-me-04',
  QLIK_API_KEY: 'find-me-05',
  QLIK_CLIENT_SECRET: 'find-me-06',
  QLIK_TENANTS: 'find-me-07',
  READ_API_KEY: 'find-me-08',
  READ_JWT_SECRET: 'find-me-09',
  QLIK_TENANT_URL: 'find-me-10',
  COUCHDB_URL: 'find-me-11',
  COUCHDB_ADMIN_URL: 'find-me-12',
  NOTIFY_CHANNELS: 'find-me-13',
  SLACK_WEBHOOK_URL: 'find-me-14',
  DASHBOARD_COUCHDB_URL: 'find-me-15',
  NOTIFY_LOG: 'find-me-16',
  OPENWHISK_APIHOST: 'find-me-17',
  QUESTIONS_KEY: 'find-me-18',
  QUESTIONS_TAGS: 'qlik-sense',
};

const QLIK = ['find-me-05', 'find-me-06', 'find-me-07', 'find-me-10'];
const LEDGER = 'find-me-11';
const CHANNELS = ['find-me-13', 'find-me-14'];

/**
 * The values that each action gets. Almost all get the ledger's address. The receiver gets the tenant's address, and
 * only collector and reload get the credentials for Qlik. No action gets the store's administrator.
 */
const HOLDERS = {
  'actions/cascade/receiver': ['find-me-01', 'find-me-02', 'find-me-03', 'find-me-04', 'find-me-10', LEDGER],
  'actions/cascade/collector': [...QLIK, LEDGER, 'find-me-16'],
  'actions/cascade/resolver': [LEDGER],
  'actions/cascade/invoker': [LEDGER],
  'actions/cascade/reload': [...QLIK, LEDGER],
  'actions/cascade/storer': [LEDGER, ...CHANNELS],
  'actions/cascade/notifier': [LEDGER, ...CHANNELS, 'find-me-15', 'find-me-17'],
  'actions/cascade/chains': ['find-me-08', 'find-me-09', LEDGER],
  'actions/cascade/metrics': ['find-me-08', 'find-me-09', LEDGER],
  'actions/cascade/meter': [LEDGER],
  'actions/cascade/dashboard': ['find-me-15'],
  'actions/questions/collector': [LEDGER, 'find-me-18'],
  'actions/questions/storer': [LEDGER],
};

describe('the deployed entities give no more than is needed', () => {
  let host: Awaited<ReturnType<typeof startHost>>;
  let remove: () => Promise<void>;
  let entities: Readonly<Record<string, unknown>>;

  before(async () => {
    host = await startHost({ port: 0 });
    const made = await makeManifestFolder();
    remove = made.remove;
    const client = openwhisk({ apihost: host.url, api_key: host.auth, namespace: '_' });
    await copyFile(join(REPOSITORY, 'questions.yaml'), join(made.folder, 'questions.yaml'));
    for (const name of ['manifest.yaml', 'questions.yaml'])
      await deployManifest({ manifestFile: join(made.folder, name), env: EVERY_SETTING, client });
    entities = await readEverything(host.url, host.auth);
  });
  after(async () => {
    await host?.close();
    await remove?.();
  });

  it('the namespace’s key goes to the invoker, in each package, and to the meter alone', () => {
    const withKey = Object.entries(entities).filter(([path, entity]) => {
      if (!path.startsWith('actions/')) return false;
      const { annotations } = entity as { annotations: { key: string; value: unknown }[] };
      const given = annotations.filter(({ key }) => key === 'provide-api-key');
      expect(given, path).to.have.lengthOf(1);
      return given[0]?.value !== false;
    });
    expect(withKey.map(([path]) => path)).to.have.members([
      ...['actions/cascade/invoker', 'actions/cascade/meter', 'actions/questions/invoker'],
    ]);
  });

  it('each secret is bound to the actions that need it, and to no package or sequence', () => {
    const found = Object.entries(entities).flatMap(([path, entity]) => {
      const secrets = JSON.stringify(entity).match(/find-me-\d\d/g);
      return secrets === null ? [] : [[path, [...new Set(secrets)].sort()]];
    });
    expect(Object.fromEntries(found)).to.deep.equal(HOLDERS);
  });

  describe('on the web', () => {
    const statuses = async (path: string): Promise<readonly number[]> => {
      const urls = ['', '.json', '.http', '.text', '.html', '.svg', '/more'].map(
        (suffix) => `${host.url}/api/v1/web/${host.namespace}/${path}${suffix}`,
      );
      const answers = urls.flatMap((url) => ['GET', 'POST'].map((method) => fetch(url, { method })));
      return (await Promise.all(answers)).map(({ status }) => status);
    };

    for (const name of [
      'receiver',
      'collector',
      'resolver',
      'invoker',
      'reload',
      'storer',
      'notifier',
      'meter',
      'sweep',
      'record',
    ]) {
      it(`${name} cannot be reached`, async () => {
        expect(new Set(await statuses(`cascade/${name}`))).to.deep.equal(new Set([404]));
        expect(new Set(await statuses(`default/${name}`))).to.deep.equal(new Set([404]));
      });
    }

    for (const name of ['collector', 'invoker', 'storer', 'socron', 'qhandler']) {
      it(`questions/${name} cannot be reached`, async () => {
        expect(new Set(await statuses(`questions/${name}`))).to.deep.equal(new Set([404]));
      });
    }

    for (const name of ['webhook', 'chains', 'metrics', 'dashboard']) {
      it(`${name} can`, async () => {
        const answer = await fetch(`${host.url}/api/v1/web/${host.namespace}/cascade/${name}`);
        expect(answer.status).to.equal(200);
        await answer.body?.cancel();
      });
    }
  });
});
