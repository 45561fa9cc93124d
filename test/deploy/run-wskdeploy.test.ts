import { access, chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startStore } from '../../local/store/start-store.ts';
import { runWskdeploy } from '../../src/deploy/run-wskdeploy.ts';
import { makeManifestFolder, REPOSITORY, SETTINGS } from './support/manifest-folder.ts';
import { type RecordingHost, startRecordingHost } from './support/recording-host.ts';
import { refusal } from './support/refusal.ts';

// A stand-in for wskdeploy. It prints everything that it gets, as a careless program might.
const SHOW_ALL = `#!${process.execPath}
const { readFileSync, statSync, writeFileSync } = require('node:fs');
const { env, argv } = process;
writeFileSync('ran', env.HOME);
console.log('arguments: ' + argv.slice(2).join(' '));
console.log('variables: ' + Object.keys(env).sort().join(' '));
console.log('wskprops: ' + readFileSync(env.WSK_CONFIG_FILE, 'utf8').trim().split('\\n').join(' '));
console.log('mode: ' + (statSync(env.WSK_CONFIG_FILE).mode & 0o777).toString(8) + ' in ' + (statSync(env.HOME).mode & 0o777).toString(8));
console.error('secret: ' + env.WEBHOOK_SECRET);
console.log('level: ' + env.LOG_LEVEL);
if (env.LOG_LEVEL === 'error') process.exit(255);
if (env.LOG_LEVEL === 'debug') setInterval(() => {}, 1000);
`;
const AUTH = 'made-up-user:made-up-password';

describe('running wskdeploy', () => {
  let host: RecordingHost;
  let root = '';
  let remove: () => Promise<void>;

  before(async () => {
    host = await startRecordingHost();
  });
  after(() => host.close());
  beforeEach(async () => {
    ({ folder: root, remove } = await makeManifestFolder());
    await mkdir(join(root, '.tools'));
    await writeFile(join(root, '.tools/wskdeploy'), SHOW_ALL);
    await chmod(join(root, '.tools/wskdeploy'), 0o700);
    await writeEnv({ OPENWHISK_APIHOST: host.url, OPENWHISK_AUTH: AUTH, LOG_LEVEL: 'info', ...SETTINGS });
  });
  afterEach(() => remove());

  const writeEnv = (settings: Readonly<Record<string, string>>): Promise<void> => {
    const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
    return writeFile(join(root, '.env'), lines.join(''));
  };
  const run = async (
    environment: Record<string, string> = {},
    signal = new AbortController().signal,
    tenantsMoved: readonly string[] = [],
  ) => {
    const lines: string[] = [];
    const print = (line: string): unknown => lines.push(line.replace(/\/\S*\/cascade-deploy-\w+/, 'FOLDER'));
    const code = await runWskdeploy({
      ...{ command: 'deploy', root, environment, insecure: false, tenantsMoved, print, signal },
    });
    return { code, lines };
  };

  it('gives it a manifest, the key in a file for this user alone, and only the manifest’s variables', async () => {
    const { code, lines } = await run({ PATH: '/usr/bin', UNRELATED: 'x' });
    expect(code).to.equal(0);
    expect(lines).to.include.members([
      'arguments: -m FOLDER/manifest.yaml',
      `wskprops: APIHOST=${host.url} AUTH=*** NAMESPACE=_`,
      'mode: 600 in 700',
    ]);
    expect(
      lines
        .find((line) => line.startsWith('variables: '))
        ?.split(' ')
        .slice(1),
    ).to.have.members([
      'HOME',
      'LOG_LEVEL',
      'OPENWHISK_APIHOST',
      'PATH',
      'QLIK_API_KEY',
      'QLIK_TENANT_URL',
      'READ_API_KEY',
      'WEBHOOK_SECRET',
      'WSK_CONFIG_FILE',
    ]);
  });

  it('says what it deploys, and where the ledger’s step is when there is none', async () => {
    const { lines } = await run();
    expect(lines).to.include.members([
      'No ledger: COUCHDB_URL is not set (README, "Set it up for a real tenant", step 5).',
      'wskdeploy on the actions (manifest.yaml):',
    ]);
    const readme = await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
    const [, steps = ''] = readme.split('\n## Set it up for a real tenant\n');
    expect(/^5\. (.*)/m.exec(steps)?.[1]).to.include('ledger');
  });

  it('masks secrets in both of its streams', async () => {
    const { lines } = await run();
    expect(lines).to.include('secret: ***');
    expect(lines.join('\n')).not.to.contain('made-up');
  });

  const keyFolderIsGone = async (): Promise<boolean> => {
    const folder = await readFile(join(root, 'ran'), 'utf8');
    return access(folder).then(
      () => false,
      () => true,
    );
  };

  it('leaves no file with the key behind', async () => {
    await run();
    expect(await keyFolderIsGone()).to.equal(true);
  });

  it('takes the program from PATH where .tools has none', async () => {
    await rename(join(root, '.tools'), join(root, 'elsewhere'));
    expect((await run({ PATH: `/nowhere:${join(root, 'elsewhere')}` })).code).to.equal(0);
  });

  it('lets a variable of the environment win over the file', async () =>
    expect((await run({ LOG_LEVEL: 'warn' })).lines).to.include('level: warn'));

  it('tells its exit code', async () => expect((await run({ LOG_LEVEL: 'error' })).code).to.equal(255));

  it('ends it when we are ended, and still removes the key', async () => {
    const stopping = new AbortController();
    const ended = runWskdeploy({
      command: 'deploy',
      root,
      environment: { LOG_LEVEL: 'debug' },
      insecure: false,
      print: (line) => line.startsWith('level') && stopping.abort(),
      signal: stopping.signal,
    });
    expect(await ended).to.equal(1);
    expect(await keyFolderIsGone()).to.equal(true);
  });

  describe('without a ledger', () => {
    const argumentsOn = async (statusOf: (path: string) => number): Promise<readonly string[]> => {
      const other = await startRecordingHost({ statusOf });
      await copyFile(join(REPOSITORY, 'schedule.yaml'), join(root, 'schedule.yaml'));
      const { lines } = await run({ OPENWHISK_APIHOST: other.url }).finally(() => other.close());
      return lines.filter((line) => line.startsWith('arguments: '));
    };

    it('gives it a manifest without the meter, and takes an older deployment’s meter off', async () => {
      const other = await startRecordingHost();
      await run({ OPENWHISK_APIHOST: other.url }).finally(() => other.close());
      expect(other.requests.map(({ call }) => call)).to.include('DELETE /api/v1/namespaces/_/actions/cascade/meter');
    });

    it('takes a sweep’s schedule off that was deployed with one, or it would fail every five minutes', async () =>
      expect(await argumentsOn(() => 200)).to.deep.equal([
        'arguments: undeploy -m schedule.yaml',
        'arguments: -m FOLDER/manifest.yaml',
      ]));

    for (const [title, missing] of [
      ['is not there', /\/(rules|triggers)\//],
      ['cannot be there: the host has no alarms', /alarms/],
    ] as const) {
      it(`leaves the schedule alone that ${title}`, async () =>
        expect(await argumentsOn((path) => (missing.test(path) ? 404 : 200))).to.deep.equal([
          'arguments: -m FOLDER/manifest.yaml',
        ]));
    }
  });

  describe('with a ledger that another deployment has', () => {
    const OTHER = 'https://other.eu.qlikcloud.com';

    it('deploys nothing where it has another tenant of that name, and deploys once a person says that it moved', async () => {
      const store = await startStore({ port: 0 });
      try {
        const COUCHDB_URL = store.url.replace('//', `//${store.user}:${store.password}@`);
        const { lines } = await run({ COUCHDB_URL });
        expect(lines.find((line) => line.startsWith('The ledger is ready'))).to.include(
          'tenant default at https://acme.eu.qlikcloud.com.',
        );
        await rm(join(root, 'ran'));
        const error = await run({ COUCHDB_URL, QLIK_TENANT_URL: OTHER }).catch((reason: unknown) => reason);
        expect(error).to.include({ code: 'DEPLOY_FAILED' });
        expect(String(error)).to.include('./build.sh deploy --tenant-moved default').and.not.include('made-up');
        expect(await readdir(root)).not.to.include('ran');
        const moved = await run({ COUCHDB_URL, QLIK_TENANT_URL: OTHER }, undefined, ['default']);
        expect(moved).to.include({ code: 0 });
        expect(moved.lines).to.include(`The ledger is ready: tenant default at ${OTHER}.`);
      } finally {
        await store.close();
      }
    });

    it('says that there is no dashboard and no channel if their settings are empty, and gives no address of a page', async () => {
      const store = await startStore({ port: 0 });
      try {
        const COUCHDB_URL = store.url.replace('//', `//${store.user}:${store.password}@`);
        const OPENWHISK_NAMESPACE = 'mine';
        const off = /^No (dashboard|channels)/;
        const page = `${host.url}/api/v1/web/mine/cascade/dashboard`;
        const { lines } = await run({ COUCHDB_URL, OPENWHISK_NAMESPACE });
        expect(lines.filter((line) => off.test(line))).to.deep.equal([
          'No dashboard: DASHBOARD_COUCHDB_URL is empty (docs/dashboard.md).',
          'No channels: nobody hears of failures (NOTIFY_CHANNELS and SLACK_WEBHOOK_URL are empty: docs/settings.md, "Channels").',
        ]);
        expect(lines).to.include(`${host.url}/api/v1/web/mine/cascade/webhook`).and.not.include(page);
        const SLACK_WEBHOOK_URL = 'https://hooks.slack.com/services/T0/B0/made-up';
        const all = { COUCHDB_URL, OPENWHISK_NAMESPACE, SLACK_WEBHOOK_URL, DASHBOARD_COUCHDB_URL: store.url };
        const complete = await run(all);
        expect(complete.lines.filter((line) => off.test(line))).to.deep.equal([]);
        expect(complete.lines).to.include(page);
      } finally {
        await store.close();
      }
    });

    it('warns if the user of COUCHDB_URL is an administrator, and deploys all the same', async () => {
      const store = await startStore({ port: 0 });
      try {
        const as = (login: string): string => store.url.replace('//', `//${login}@`);
        const admin = as(`${store.user}:${store.password}`);
        const warnings = async (settings: Record<string, string>) => {
          const { code, lines } = await run(settings);
          expect(code).to.equal(0);
          return lines.filter((line) => line.startsWith('Warning: '));
        };
        const held =
          'Warning: the user of COUCHDB_URL is an administrator of CouchDB, so the actions hold the password of an administrator, who can read and delete every database of that server. Set COUCHDB_ADMIN_URL to the administrator, and COUCHDB_URL to a user of its own, which deployment creates (docs/couchdb.md).';
        expect(await warnings({ COUCHDB_URL: admin })).to.deep.equal([held]);
        expect(await warnings({ COUCHDB_URL: admin, COUCHDB_ADMIN_URL: admin })).to.deep.equal([held]);
        const user = as('actions:pw-of-actions');
        expect(await warnings({ COUCHDB_URL: user, COUCHDB_ADMIN_URL: admin })).to.deep.equal([]);
        expect(await warnings({ COUCHDB_URL: user })).to.deep.equal([]);
      } finally {
        await store.close();
      }
    });

    it('stores the chains of the bundles before it deploys, and says afterwards that they are deployed', async () => {
      const store = await startStore({ port: 0 });
      const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
      const read = async (id: string) =>
        (await (await fetch(`${store.url}/cascade/${id}`, { headers: { authorization } })).json()) as object;
      try {
        const COUCHDB_URL = store.url.replace('//', `//${store.user}:${store.password}@`);
        const { lines } = await run({ COUCHDB_URL });
        // sha256sum of {"apps":{},"links":{}}, its first 16 digits.
        expect(lines).to.include('The chains are deployed, as definition 7a9957b3041a0ed8 of the ledger.');
        expect(await read('definition:7a9957b3041a0ed8')).to.deep.include({ chains: { links: {}, apps: {} }, part: 1 });
        expect(await read('deployed')).to.deep.include({ hash: '7a9957b3041a0ed8', before: [] });
      } finally {
        await store.close();
      }
    });

    it('says what cron has to start if the host has no alarms: with questions also socron', async () => {
      const store = await startStore({ port: 0 });
      const other = await startRecordingHost({ statusOf: (path) => (/alarms/.test(path) ? 404 : 200) });
      for (const name of ['schedule.yaml', 'questions.yaml']) await copyFile(join(REPOSITORY, name), join(root, name));
      const COUCHDB_URL = store.url.replace('//', `//${store.user}:${store.password}@`);
      const byCron = async (more: Record<string, string>): Promise<readonly string[]> => {
        const { lines } = await run({ COUCHDB_URL, OPENWHISK_APIHOST: other.url, ...more });
        return lines.filter((line) => line.includes('cron'));
      };
      const sweep =
        'The host has no alarms: start the sweep and the meter by cron every 5 minutes (docs/sweep.md, "How the sweep is started").';
      const socron =
        'The host has no alarms: start questions/socron by cron every 10 minutes (docs/questions.md, "From nothing to a live deployment").';
      try {
        expect(await byCron({})).to.deep.equal([sweep]);
        expect(await byCron({ QUESTIONS_TAGS: 'qlik-sense' })).to.deep.equal([sweep, socron]);
      } finally {
        await other.close();
        await store.close();
      }
    });

    for (const [what, text] of [
      ['are missing', undefined],
      ['are no chains', '{"links":[]}'],
      ['are no JSON', '{'],
    ] as const) {
      it(`deploys nothing if the chains beside the bundles ${what}`, async () => {
        const file = join(root, 'dist/definition.json');
        await (text === undefined ? rm(file) : writeFile(file, text));
        const error = await run({ COUCHDB_URL: 'http://a:b@127.0.0.1:1' }).catch((reason: unknown) => reason);
        expect(error).to.include({ code: 'DEPLOY_FAILED' });
        expect(String(error)).to.match(/dist\/definition\.json .*run \.\/build\.sh/);
        expect(await readdir(root)).not.to.include('ran');
      });
    }

    it('takes a name that is no tenant of the settings for misuse', async () => {
      const error = await run({}, undefined, ['default', 'elsewhere']).catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'PARAMETERS_INVALID' });
      expect(String(error)).to.include('--tenant-moved names "elsewhere", and the settings have the tenants: default.');
      expect(await readdir(root)).not.to.include('ran');
    });
  });

  describe('is refused before it starts', () => {
    const refused: readonly [string, () => Promise<unknown>, string][] = [
      ['without .env', () => rm(join(root, '.env')), '.env: copy .env.example to .env'],
      ['without wskdeploy', () => rm(join(root, '.tools'), { recursive: true }), 'wskdeploy is missing'],
    ];
    for (const [title, change, told] of refused) {
      it(title, async () => {
        await change();
        const message = await refusal(run());
        expect(message).to.contain(told).and.not.contain('made');
        expect(await readdir(root)).not.to.include('ran');
      });
    }

    it('with a .env that says something else than it seems to', async () => {
      await writeFile(join(root, '.env'), 'LOG_LEVEL=made#up\nLOGLEVEL=made-up\n');
      const error = await run().catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'SETTINGS_INVALID' });
      expect(String(error))
        .to.match(/\.env:1: The value of LOG_LEVEL .*\n\.env:2: There is no setting LOGLEVEL\./)
        .and.not.contain('made');
      expect(await readdir(root)).not.to.include('ran');
    });

    it('where the host and the key are missing, with both names', async () => {
      const error = await run({ OPENWHISK_APIHOST: '', OPENWHISK_AUTH: '' }).catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'SETTINGS_INVALID' });
      expect(String(error)).to.match(/Nothing was deployed.\n.*OPENWHISK_APIHOST is missing.*\n.*OPENWHISK_AUTH is/);
      expect(await readdir(root)).not.to.include('ran');
    });

    it('where a setting is wrong, with every problem by name', async () => {
      const problems = run({ WEBHOOK_SECRET: '', RELOAD_EVENT: 'sometimes', READ_API_KEY: '' });
      const error = await problems.catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'SETTINGS_INVALID' });
      expect(String(error)).to.match(/Nothing was deployed.\n.*WEBHOOK_SECRET.*\n.*READ_API_KEY/);
      expect(await readdir(root)).not.to.include('ran');
    });

    it('where the host’s certificate cannot be trusted', async () => {
      const tls = await startRecordingHost({ tls: true });
      try {
        expect(await refusal(run({ OPENWHISK_APIHOST: tls.url }))).to.contain('cannot be trusted');
      } finally {
        await tls.close();
      }
      expect(await readdir(root)).not.to.include('ran');
    });
  });
});
