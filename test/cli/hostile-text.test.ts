import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { programOf, runCli } from '../../cli/run-cli.ts';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { seconds } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import { act, at, event, order, ticket } from './ledger/ledger-of.ts';

/** Clears the screen, sets its title, colours, turns the reading order, hides, and begins lines of its own. */
const HOSTILE =
  '\u001B[2J\u001B]0;t\u0007\u001B[31m\u009B1m\u202E\u2066\u200F\u061C\u200B\uFEFF\u00AD\u007F\u0085\u2028\tHOSTILE\r\nFORGED\rFORGED\u2029FORGED';
/** The same as a text in quotes of YAML 1.2. */
const IN_YAML = JSON.stringify(HOSTILE);
const HOSTILE_ID = 'event:default:\u001B[2J\u202EHOSTILE\nFORGED';

const [EXTRACT, TRANSFORM, REPORT] = ['a', 'b', 'c'].map((end) => `b4a3cf85-0000-4000-8000-00000000000${end}`) as [
  string,
  string,
  string,
];
const APPS = [
  { name: 'extract', id: EXTRACT },
  { name: 'transform', id: TRANSFORM },
  { name: 'report', id: REPORT },
];
const CHAIN = `chain: nightly
description: ${IN_YAML}
apps:
${APPS.map(({ name, id }) => `  ${name}: { id: ${id}, name: ${JSON.stringify(`${name} ${HOSTILE}`.slice(0, 200))} }`).join('\n')}
reloads:
  - { app: transform, after: extract }
  - { app: report, after: transform }
`;
/** Every kind of mistake that repeats what was written. */
const BROKEN = `chain: ${IN_YAML}
${IN_YAML}: 1
apps: { ${IN_YAML}: { id: ${IN_YAML}, name: 5 } }
reloads:
  - { app: ${IN_YAML}, after: [${IN_YAML}, x], on: ${IN_YAML}, variables: { ${IN_YAML}: 1 } }
`;

const failure = { code: HOSTILE, message: HOSTILE };
const DOCUMENTS: readonly NewDocument[] = [
  event(EXTRACT, 'r1', at('01:00'), { outcome: 'failed', startedBy: HOSTILE, error: failure }),
  { ...event(EXTRACT, 'r3', at('01:30')), _id: HOSTILE_ID, reloadId: HOSTILE },
  order(TRANSFORM, 'r1', at('01:01'), { state: 'waiting', reason: failure, dueAt: at('01:05') }),
  order(REPORT, 'r1', at('01:01'), { state: 'gave-up', gaveUpAt: at('01:02'), reason: failure }),
  order(HOSTILE, 'r1', at('01:01'), { chain: HOSTILE, state: 'parked', dueAt: at('01:05') }),
  {
    _id: 'dead:9f86d081',
    schema: 1,
    type: 'dead',
    tenant: 'default',
    body: HOSTILE,
    isBase64: false,
    reason: failure,
    traceId: HOSTILE,
    storedAt: at('01:00'),
  },
  {
    _id: `alert:quota:${HOSTILE}`,
    schema: 1,
    type: 'alert',
    kind: 'quota',
    subject: HOSTILE,
    message: HOSTILE,
    traceId: HOSTILE,
    at: at('01:00'),
  },
  ticket(EXTRACT, 'r1', at('01:00'), { error: failure, log: HOSTILE }),
  ...['own', 'tag', 'note', 'reject', 'reopen'].map((kind) => ({
    ...act('r1', at('01:10'), kind, kind === 'reopen' ? undefined : HOSTILE),
    by: HOSTILE,
  })),
];
/** A user whose name and role somebody else chose. */
const USER = { _id: `org.couchdb.user:${HOSTILE}`, type: 'user', name: HOSTILE, roles: ['cascade-desk', HOSTILE] };

interface Call {
  readonly args: readonly string[];
  /** Of a call whose output has nothing of others'. */
  readonly isOurs?: true;
}

const [ON, BROKEN_IN, BESIDE] = [['--chains', 'chains'], ['broken'], ['beside']];
/** Calls of each command, in the order in which they run: those that change something last. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  check: [
    { args: BROKEN_IN },
    { args: BESIDE },
    { args: [HOSTILE] },
    { args: [`--${HOSTILE}`] },
    { args: ['chains', '--deploy'], isOurs: true },
  ],
  build: [
    { args: [...BROKEN_IN, '--out', 'out'] },
    { args: [HOSTILE] },
    { args: ['chains', '--out', `file/${HOSTILE}`] },
  ],
  import: [
    { args: [`beside/${HOSTILE}.js`, '--out', 'imported'] },
    { args: [HOSTILE] },
    { args: [`beside/${HOSTILE}.js`, '--out', `file/${HOSTILE}`] },
  ],
  runs: [
    { args: [...ON] },
    { args: ['r1', ...ON] },
    { args: ['--problems', '--since', '3650d', ...ON] },
    { args: [HOSTILE, ...ON] },
    { args: ['--limit', HOSTILE] },
    { args: ['--data', HOSTILE] },
  ],
  why: [
    { args: ['extract', ...ON] },
    { args: ['transform', ...ON] },
    { args: ['report', ...ON] },
    { args: [HOSTILE, ...ON] },
  ],
  logs: [
    { args: ['r1', ...ON] },
    { args: ['r1', '--since', '10000d', ...ON] },
    { args: [HOSTILE, ...ON] },
    { args: ['r1', '--grep', `(${HOSTILE}`, ...ON] },
    { args: ['r1', '--since', HOSTILE, ...ON] },
  ],
  replay: [
    { args: ['r1', ...ON] },
    { args: ['dead:9f86d081', ...ON], isOurs: true },
    { args: [HOSTILE, ...ON] },
    { args: [HOSTILE, '--dismiss', ...ON] },
  ],
  cancel: [{ args: [HOSTILE, ...ON] }, { args: ['--all', ...ON] }],
  tickets: [
    { args: [...ON] },
    { args: ['--all', '--tag', HOSTILE, ...ON] },
    { args: [HOSTILE], isOurs: true },
    { args: ['--tag', HOSTILE, '--data', HOSTILE] },
  ],
  ticket: [
    { args: ['r1', ...ON] },
    { args: [HOSTILE, ...ON] },
    { args: ['r1', '--own', HOSTILE, '--as', 'ann', ...ON] },
    { args: ['r1', '--answer', HOSTILE, ...ON] },
    { args: ['r1', '--note', HOSTILE, '--as', HOSTILE, ...ON] },
  ],
  dismiss: [{ args: [HOSTILE, '--as', 'ann', ...ON] }, { args: ['ticket:x', '--as', HOSTILE, ...ON], isOurs: true }],
  user: [{ args: ['list'] }, { args: [HOSTILE] }, { args: ['add', HOSTILE] }, { args: ['remove', HOSTILE] }],
  ledger: [{ args: [HOSTILE] }, { args: ['--data', HOSTILE] }, { args: [...ON], isOurs: true }],
  rebuild: [{ args: [...ON] }, { args: ['--data', HOSTILE] }, { args: ['--write', ...ON] }],
  notify: [{ args: [HOSTILE] }, { args: ['test', HOSTILE] }],
};

/** What an OpenWhisk host answers: one activation, with lines of Cascade and of others. */
function hostAnswer(url: string): unknown {
  if (!url.includes('?'))
    return { logs: [`${HOSTILE} r1`, JSON.stringify({ level: HOSTILE, message: HOSTILE, id: 'r1', [HOSTILE]: 1 })] };
  if (!url.includes('skip=0')) return [];
  const annotations = [{ key: 'path', value: 'guest/cascade/reload' }];
  return [{ activationId: HOSTILE, annotations, start: at('01:00'), statusCode: 0 }];
}

/** The list of the 2020 paper: names of apps that follow, and that no entry has. */
const LIST = `module.exports = [
  { name: ${JSON.stringify(HOSTILE)}, appId: 'a', chain: ['b', ${JSON.stringify(`x${HOSTILE}`)}], condition: 'ok' },
  { name: 'b', appId: 'b' },
];`;

/** What steers a terminal, but for the colours that a line of ours may have. */
const STEERING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const ESCAPE = '\u001B';
const OUR_COLOURS = new RegExp(`${ESCAPE}\\[(?:1|2|22|3[1236]|39)m`, 'g');

function expectHarmless(text: string, colored: boolean): void {
  for (const line of text.split('\n')) {
    const plain = colored ? line.replace(OUR_COLOURS, '') : line;
    expect(plain).to.not.match(STEERING);
    expect(plain).to.not.match(/^FORGED/);
  }
}

describe('every command over text that would steer a terminal', () => {
  let store: EmbeddedStore;
  let directory: string;
  let before: { readonly cwd: string; readonly url: string | undefined };
  let host: Server;

  async function called(args: readonly string[], colored = false) {
    let out = '';
    let error = '';
    const write = (text: string): void => {
      out += text;
    };
    const writeError = (text: string): void => {
      error += text;
    };
    const code = await runCli(args, { write, writeError, colored });
    return { code, out, error };
  }

  beforeEach(async () => {
    store = await startStore({ port: 0 });
    directory = mkdtempSync(join(tmpdir(), 'cascade-hostile-'));
    before = { cwd: process.cwd(), url: process.env['COUCHDB_URL'] };
    const url = store.url.replace('//', `//${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL: url });
    const settings = parseStoreSettings({ COUCHDB_URL: url });
    if (settings === undefined) throw new Error('no settings');
    const tools = { stopwatch: () => performance.now(), timeout: seconds(10) };
    await httpCouchdb(settings, tools).bulk(DOCUMENTS);
    await httpCouchdb({ ...settings, database: '_users' }, tools).bulk([USER]);
    for (const name of ['chains', 'broken', 'beside', `beside/${HOSTILE}`]) mkdirSync(join(directory, name));
    writeFileSync(join(directory, 'file'), '');
    writeFileSync(join(directory, 'chains', 'nightly.yaml'), CHAIN);
    writeFileSync(join(directory, 'broken', `${HOSTILE}.yaml`), BROKEN);
    writeFileSync(join(directory, 'beside', 'nightly.yaml'), CHAIN);
    writeFileSync(join(directory, 'beside', `${HOSTILE}.YAML`), CHAIN);
    writeFileSync(join(directory, 'beside', HOSTILE, 'a.yaml'), CHAIN);
    writeFileSync(join(directory, 'beside', `${HOSTILE}.js`), LIST);
    writeFileSync(join(directory, '.env'), `LOG_LEVEL=${HOSTILE.replace(/[\r\n]/g, '')}\n${HOSTILE}=x\n`);
    process.chdir(directory);
    process.env['COUCHDB_URL'] = url;
    host = createServer((request, response) => void response.end(JSON.stringify(hostAnswer(request.url ?? ''))));
    await new Promise<void>((resolve) => {
      host.listen(0, '127.0.0.1', resolve);
    });
    process.env['OPENWHISK_APIHOST'] = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    process.env['OPENWHISK_AUTH'] = 'user:key';
  });
  afterEach(async () => {
    host.close();
    host.closeAllConnections();
    delete process.env['OPENWHISK_APIHOST'];
    delete process.env['OPENWHISK_AUTH'];
    process.chdir(before.cwd);
    if (before.url === undefined) delete process.env['COUCHDB_URL'];
    else process.env['COUCHDB_URL'] = before.url;
    rmSync(directory, { recursive: true, force: true });
    await store.close();
  });

  it('is all commands that there are', () => {
    const terminal = { write: () => {}, writeError: () => {}, colored: false };
    const names = programOf(terminal, () => {}).commands.map((command) => command.name());
    expect(Object.keys(CALLS)).to.have.members(names);
  });

  for (const colored of [false, true]) {
    for (const [name, calls] of Object.entries(CALLS)) {
      it(`shows it, and is not steered: cascade ${name}, ${colored ? 'with' : 'without'} colours`, async () => {
        if (name !== 'check') rmSync(join(directory, '.env'));
        for (const { args, isOurs } of calls) {
          const { out, error } = await called([name, ...args], colored);
          const what = JSON.stringify([name, ...args]);
          expectHarmless(out, colored);
          expectHarmless(error, colored);
          expect(/HOSTILE|FORGED/.test(out + error), `${what}: ${out}${error}`).to.equal(isOurs !== true);
        }
      });
    }
  }

  for (const [name, calls] of Object.entries(CALLS)) {
    it(`is JSON that is as harmless: cascade ${name} --json`, async () => {
      if (name !== 'check') rmSync(join(directory, '.env'));
      for (const { args } of calls) {
        const { out, error } = await called([name, ...args, '--json'], true);
        expectHarmless(out, false);
        expectHarmless(error, false);
        if (out !== '') expect(JSON.parse(out)).to.be.an('object');
      }
    });
  }

  it('keeps the text itself in JSON', async () => {
    rmSync(join(directory, '.env'));
    const { out } = await called(['runs', '--problems', '--since', '3650d', '--json', ...ON]);
    const { problems } = JSON.parse(out) as { problems: { kind: string; message?: string }[] };
    expect(problems.find(({ kind }) => kind === 'alert')?.message).to.equal(HOSTILE);
  });

  it('is not steered by the name of a command', async () => {
    for (const args of [[HOSTILE], ['help', HOSTILE], [`--${HOSTILE}`]]) {
      const { code, out, error } = await called(args, true);
      expect(code).to.equal(2);
      expectHarmless(out + error, true);
    }
  });
});
