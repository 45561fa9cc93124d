import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { bundledProgram } from '../support/bundled-program.ts';
import { type CascadeWithLedger, cascadeWithLedger } from '../support/cascade-with-ledger.ts';
import { WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const CASCADE = await bundledProgram('cli/cascade.js');

/**
 * All documents of a ledger after `npm start` of commit 3c7943e had run its examples and some orders by hand. Its
 * orders have no policy, and its `started` documents have no try. It has no join, no definition, no mark of a purge,
 * and no index of the past.
 */
const LEDGER = join(REPOSITORY, 'test/fixtures/ledger-of-3c7943e.json');
/** The newest instant in this ledger. */
const WRITTEN_AT = 1_795_989_222_657;
const DAY = 86_400_000;

const SALES = (n: number): string => `5a1e5000-0000-4000-8000-00000000000${n}`;
const STOCK = (n: number): string => `570c6000-0000-4000-8000-00000000000${n}`;
const [FIGURES, SLIDES] = [1, 2].map((n) => `b0a2d000-0000-4000-8000-00000000000${n}`) as [string, string];

/**
 * An order by hand that is not over. The report's reload is running, another order waits for it, and a third order is
 * merged into that one.
 */
const POSTED = `order:default:${SALES(3)}:s:m.14658978d7be44eebadff7f1c0c1b2f7`;
const PARKED = `order:default:${SALES(3)}:s:m.d8cc069ff330408a84dda2ba920bab15`;
const MERGED = `order:default:${SALES(3)}:s:m.9e63f590233e491da1c097000756984a`;
/** An order that waits for the tenant's rate. */
const WAITING = `order:default:${STOCK(5)}:s:m.0f599ff36f3e4cf288eae35bd2889f06`;
const RUNNING = 'aa88c9da240e2e82b330b0a2';
const OPEN = [POSTED, PARKED, MERGED, WAITING, `started:default:${RUNNING}`];

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

/** A document of the old ledger with its instants moved. */
function moved(value: Json, by: number): Json {
  if (Array.isArray(value)) return value.map((each) => moved(each, by));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, moved(each, by)]));
  }
  return typeof value === 'number' && value > 1e12 ? value + by : value;
}

/** The old ledger as of now: what is open is of ten minutes ago, what is over of forty days ago. */
async function oldLedger(): Promise<readonly Json[]> {
  const documents = JSON.parse(await readFile(LEDGER, 'utf8')) as readonly Json[];
  const recent = Date.now() - WRITTEN_AT - 600_000;
  const isOpen = ({ _id, type }: Json): boolean => OPEN.includes(_id) || type === 'gate' || type === 'checkpoint';
  return documents.map(({ _rev, ...document }) => moved(document, isOpen(document) ? recent : recent - 40 * DAY));
}

describe('a ledger of the version before links that wait for several apps, upgraded in place', () => {
  let store: EmbeddedStore;
  let cascade: CascadeWithLedger;
  before(async () => {
    store = await startStore({ port: 0 });
    const documents = await oldLedger();
    expect((await storeCall('PUT', '')).ok).to.equal(true);
    const [admins, members, writers] = [
      ['_admin'],
      ['_admin', 'cascade-reader', 'cascade-writer'],
      ['cascade-writer'],
    ].map((roles) => ({ names: [], roles }));
    expect((await storeCall('PUT', '_security', { admins, members, writers })).ok).to.equal(true);
    const written = await storeCall('POST', '_bulk_docs', { docs: documents });
    expect(
      written.every(({ ok }: Json) => ok),
      JSON.stringify(written),
    ).to.equal(true);
  });
  after(async () => {
    await cascade?.close();
    await store?.close();
  });

  async function storeCall(method: string, path: string, body?: object): Promise<Json> {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const url = `${store.url}/cascade/${path}`;
    const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return response.json();
  }
  const document = (id: string): Promise<Json> => storeCall('GET', encodeURIComponent(id));
  const couchdbUrl = (): string => store.url.replace('//', `//${store.user}:${store.password}@`);
  const command = (...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, COUCHDB_URL: couchdbUrl() };
      execFile(process.execPath, [CASCADE, ...args], { cwd: REPOSITORY, env }, (failure, out, error) => {
        resolve({ code: failure === null ? 0 : Number(failure.code), text: out + error });
      });
    });
  async function examples(): Promise<Record<string, string>> {
    const directory = join(REPOSITORY, 'chains');
    const names = await readdir(directory);
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name), 'utf8')])),
    );
  }
  /** Only the store and the tenant have another address than those of the old ledger. */
  async function deploy(): Promise<void> {
    const apps = [...[1, 2, 3, 4, 5].flatMap((n) => [SALES(n), STOCK(n)]), FIGURES, SLIDES];
    cascade = await cascadeWithLedger({ chains: await examples(), apps: apps.map((id) => ({ id })), store });
    const { tenant } = cascade;
    const settings = {
      COUCHDB_URL: couchdbUrl(),
      QLIK_TENANT_URL: tenant.url,
      QLIK_API_KEY: tenant.apiKey,
      QLIK_TENANT_ID: tenant.tenantId,
    };
    await installConfiguredLedger(settings, ['default']);
    const { uuid } = (await (await fetch(`${store.url}/`)).json()) as { uuid: string };
    const { instance_start_time: since } = await storeCall('GET', '');
    const checkpoint = await document('checkpoint:default');
    expect(checkpoint.store).to.match(/^[0-9a-f]{32}\/\d+$/);
    await storeCall('PUT', 'checkpoint:default', { ...checkpoint, store: `${uuid}/${since}` });
  }
  async function webhook(reloadId: string, appId: string): Promise<Json> {
    const time = new Date().toISOString();
    const body = JSON.stringify({
      ...{ id: `event-${reloadId}`, type: 'com.qlik.v1.reload.finished', time },
      data: { id: reloadId, appId, status: 'SUCCEEDED', type: 'external' },
    });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const headers = { 'content-type': 'application/json', 'qlik-signature': signature };
    return (await fetch(cascade.webhookUrl, { method: 'POST', body, headers })).json();
  }
  const countOf = async (app: string): Promise<number> => (await cascade.started())[app] ?? 0;

  it('says before the deployment that it is to be deployed', async () => {
    const { code, text } = await command('runs');
    expect(code).to.equal(1);
    expect(text).to.contain('An index of the ledger is missing: deploy again (or npm start), which installs it.');
  });

  it('has the roles and the rule of who may write after the deployment', async () => {
    await deploy();
    const { members, writers } = await storeCall('GET', '_security');
    expect(members.roles).to.deep.equal(['_admin', 'cascade-reader', 'cascade-writer', 'cascade-desk']);
    expect(writers).to.equal(undefined);
    expect((await document('_design/cascade-access')).validate_doc_update).to.include('cascade-desk');
  });

  it('has its old runs after the deployment, and says why an app reloaded', async () => {
    const { code, text } = await command('runs');
    expect(code).to.equal(0);
    expect(text).to.match(
      /Sales extract succeeded +finished .* 4 orders: 4 succeeded +event:default:89cd7a763ef2a077261e3a24/,
    );
    expect(text).to.match(
      /Stock import failed +finished .* 3 orders: 3 succeeded +event:default:06331b9f344a0185b590cc0b/,
    );
    const tree = await command('runs', '89cd7a763ef2a077261e3a24');
    expect(tree.text).to.match(/└─ Sales transform succeeded [^\n]*\n +├─ Sales report succeeded/);
    const why = await command('why', 'sales/mail-list');
    expect(why.text).to.match(/because Sales transform succeeded .*, because Sales extract succeeded/);
    expect((await command('why', 'board/figures')).text).to.include(
      'waits for all of Sales report, Sales forecast, Load log',
    );
  });

  it('goes on with what was open: the running reload ends, and the sweep starts what waited', async () => {
    await webhook(RUNNING, SALES(3));
    await cascade.until('the end of the running one', async () => (await document(POSTED)).state === 'ended');
    await cascade.sweep();
    for (const id of [PARKED, WAITING]) {
      await cascade.until(`the end of ${id}`, async () => (await document(id)).outcome === 'succeeded');
    }
    expect(await document(MERGED)).to.include({ state: 'merged' });
    expect(await cascade.started()).to.deep.include({ [SALES(3)]: 1, [STOCK(5)]: 1 });
  });

  it('has a link that waits for several apps from then on', async () => {
    const before = await countOf(FIGURES);
    await cascade.reloadByHand(SALES(1));
    await cascade.reloadByHand(STOCK(1));
    // Orders may have slots behind the one that waited for the tenant's rate: a sweep starts them.
    await cascade.until('the figures, once', async () => {
      await cascade.sweep();
      return (await countOf(SLIDES)) === 1;
    });
    expect(await countOf(FIGURES)).to.equal(before + 1);
  });

  it('loses nothing to a step of the old version that still runs: the store refuses what would erase', async () => {
    const id = `app:default:${SALES(3)}`;
    await cascade.until('the counted end', async () => (await document(id)).counts?.succeeded > 0);
    const { _rev, last, ...counted } = await document(id);
    // The old storer knew the last end only, and wrote the document as a whole.
    const erased = await storeCall('PUT', encodeURIComponent(id), { _rev, schema: 1, type: 'app', last });
    expect(erased).to.include({ error: 'forbidden' });
    expect(erased.reason).to.match(/^This would erase "counts" of app:default:/);
    expect(await document(id)).to.deep.equal({ ...counted, _rev, last });
  });

  it('is purged of what is old, and of nothing else', async () => {
    await cascade.until('nothing is due', async () =>
      (await cascade.documents('event:')).every((event) => !('dueAt' in event)),
    );
    const { code, text } = await command('ledger', 'purge');
    expect([code, text]).to.satisfy(([, said]: [number, string]) => said.includes('Purged: '));
    const left = (await cascade.documents('')).map(({ _id }) => _id);
    const leftOf = (reload: string): readonly string[] => left.filter((id) => id.endsWith(reload));
    for (const old of ['89cd7a763ef2a077261e3a24', 'bf6170cc4682d319c711c179']) expect(leftOf(old)).to.deep.equal([]);
    // A ticket of an old failure stays, because its app recovered a moment ago. It keeps that end, with what followed.
    expect(leftOf('06331b9f344a0185b590cc0b')).to.have.members([
      'ticket:reload:default:06331b9f344a0185b590cc0b',
      'event:default:06331b9f344a0185b590cc0b',
      `order:default:${STOCK(3)}:s:06331b9f344a0185b590cc0b`,
      `order:default:${STOCK(5)}:s:06331b9f344a0185b590cc0b`,
    ]);
    expect(left).to.include.members([POSTED, PARKED, MERGED, WAITING, `app:default:${SALES(2)}`, 'tenant:default']);
    expect((await command('runs')).code).to.equal(0);
    expect(await document('checkpoint:default')).to.include({ type: 'checkpoint' });
  });
});
