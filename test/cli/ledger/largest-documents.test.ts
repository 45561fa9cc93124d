import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { largestDead, largestEvent, largestOrder } from '../../../bench/large/largest-documents.ts';
import { runCli } from '../../../cli/run-cli.ts';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { httpCouchdb } from '../../../src/clients/couchdb/http-couchdb.ts';
import { LARGEST_ANSWER_BYTES } from '../../../src/clients/http-exchange.ts';
import { type AppId, type AppRef, DEFAULT_TENANT } from '../../../src/core/names.ts';
import { seconds } from '../../../src/core/units.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';
import { parseStoreSettings } from '../../../src/platform/settings/ledger-settings.ts';

const EXTRACT = 'b4a3cf85-0000-4000-8000-000000000001';
const REPORT: AppRef = { tenant: DEFAULT_TENANT, appId: 'b4a3cf85-0000-4000-8000-000000000002' as AppId };
const UPSTREAM: AppRef = { ...REPORT, appId: EXTRACT as AppId };
const CHAIN = `chain: row
apps: { extract: { id: ${EXTRACT} }, report: { id: ${REPORT.appId} } }
reloads: [{ app: report, after: { app: extract, on: any } }]
`;
const COUNT = 100;
/** Each as JSON 1.5 MB: a body of control characters, which a webhook may have. */
const DEAD = 6;
const HOUR_AGO = Date.now() - 3_600_000;

const bytesOf = (document: NewDocument): number => Buffer.byteLength(JSON.stringify(document));

const orders = Array.from({ length: COUNT }, (_, index) => largestOrder(REPORT, index, HOUR_AGO));
const events = Array.from({ length: COUNT }, (_, index) => largestEvent(UPSTREAM, index, HOUR_AGO));
const dead = Array.from({ length: DEAD }, (_, index) => largestDead(index, HOUR_AGO, '\u0001'.repeat(250_000)));

describe('every command over a hundred of the largest documents', () => {
  let store: EmbeddedStore;
  let directory: string;
  let outside: { readonly cwd: string; readonly url: string | undefined };

  async function called(...args: readonly string[]) {
    let [out, error] = ['', ''];
    const write = (text: string): void => {
      out += text;
    };
    const writeError = (text: string): void => {
      error += text;
    };
    const code = await runCli([...args, '--chains', 'chains', '--json'], { write, writeError, colored: false });
    return { code, error, json: out === '' ? {} : JSON.parse(out) };
  }

  before(async () => {
    store = await startStore({ port: 0 });
    directory = mkdtempSync(join(tmpdir(), 'cascade-largest-'));
    outside = { cwd: process.cwd(), url: process.env['COUCHDB_URL'] };
    const url = store.url.replace('//', `//${store.user}:${store.password}@`);
    await installConfiguredLedger({ COUCHDB_URL: url });
    const settings = parseStoreSettings({ COUCHDB_URL: url });
    if (settings === undefined) throw new Error('no settings');
    const couch = httpCouchdb(settings, { stopwatch: () => performance.now(), timeout: seconds(10) });
    for (const documents of [orders, events, dead]) {
      const written = await couch.bulk(documents);
      expect(written.every(({ kind }) => kind === 'stored')).to.equal(true);
    }
    mkdirSync(join(directory, 'chains'));
    writeFileSync(join(directory, 'chains', 'row.yaml'), CHAIN);
    process.chdir(directory);
    process.env['COUCHDB_URL'] = url;
  });
  after(async () => {
    process.chdir(outside.cwd);
    if (outside.url === undefined) delete process.env['COUCHDB_URL'];
    else process.env['COUCHDB_URL'] = outside.url;
    rmSync(directory, { recursive: true, force: true });
    await store.close();
  });

  it('are together more than one answer may be, and each alone fits', () => {
    const sum = (documents: readonly NewDocument[]): number =>
      documents.reduce((total, document) => total + bytesOf(document), 0);
    expect(sum(orders)).to.be.above(LARGEST_ANSWER_BYTES);
    expect(sum(dead)).to.be.above(LARGEST_ANSWER_BYTES);
    for (const document of [...orders, ...events, ...dead]) expect(bytesOf(document)).to.be.below(LARGEST_ANSWER_BYTES);
  });

  it('cascade runs', async () => {
    const { code, json } = await called('runs', '--limit', '200');
    expect([code, json.runs.length, json.missing]).to.deep.equal([0, 100, []]);
  });

  it('cascade runs <run>', async () => {
    const { json } = await called('runs', 'large-000099');
    expect([json.run.root, json.run.orders]).to.deep.equal(['event:default:large-000099', { waiting: 1 }]);
  });

  it('cascade why', async () => {
    const { code, json } = await called('why', 'report');
    expect([code, json.waits.length]).to.deep.equal([0, 100]);
  });

  it('cascade runs --problems', async () => {
    const { code, json } = await called('runs', '--problems');
    const kinds = json.problems.map(({ kind }: { kind: string }) => kind);
    expect(code).to.equal(1);
    expect(kinds.filter((kind: string) => kind === 'dead-letter')).to.have.length(6);
    expect(json.problems.find(({ kind }: { kind: string }) => kind === 'overdue')).to.include({ count: 100 });
  });

  it('cascade replay', async () => {
    const { code, error, json } = await called('replay', 'large-000007');
    expect([code, error === '', json.ok], error).to.deep.equal([0, false, true]);
  });

  it('cascade cancel --all, which is the last', async () => {
    const { code, json } = await called('cancel', '--all');
    // The hundred, and the one of the replay.
    expect([code, json.calledOff, json.malformed]).to.deep.equal([0, 101, []]);
  });
});
