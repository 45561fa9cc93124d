import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { httpCouchdb } from '../../src/clients/couchdb/http-couchdb.ts';
import { LARGEST_ANSWER_BYTES } from '../../src/clients/http-exchange.ts';
import { seconds } from '../../src/core/units.ts';
import { parseStoreSettings } from '../../src/platform/settings/ledger-settings.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { pairChains, rowApp } from '../ledger/row-chains.ts';
import type { BenchStore } from '../ledger/start-bench-store.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { quiet, sweep } from '../ledger/sweep.ts';
import { largestDead, largestEvent, largestOrder } from './largest-documents.ts';
import type { Measured } from './measured-command.ts';
import { type StoreMeter, startStoreMeter } from './store-meter.ts';

const COUNT = 2_000;
const DEAD = 200;
const AT_ONCE = 50;
const MOST_MB = 400;
const MOST_S = 120;
const HOUR_MS = 3_600_000;
const QUIET_PATIENCE_MS = 120_000;
const SCRIPT = fileURLToPath(new URL('measured-command.ts', import.meta.url));
const [UPSTREAM, TARGET] = [rowApp(0), rowApp(1)];

/** Measures everything that reads lists, with more documents than fit into any answer. */
export const large: Bench = {
  name: 'large',
  about: `the sweep and the commands over ${COUNT} events and orders of the largest size and ${DEAD} dead letters of 250 kB`,
  servers: { store: true, openwhisk: true },
  async run(say, servers) {
    let meter: StoreMeter | undefined;
    const storeEnv = async ({ settings }: BenchStore) => {
      const { origin, username, password } = new URL(settings.COUCHDB_URL);
      meter = await startStoreMeter(origin);
      return { COUCHDB_URL: Object.assign(new URL(meter.url), { username, password }).href };
    };
    const rig = await startLedgerRig({ servers, chains: pairChains(1), hasWebhook: false, storeEnv }, say);
    const directory = await mkdtemp(join(tmpdir(), 'cascade-bench-large-'));
    try {
      if (meter === undefined) throw new Error('The rig did not ask for its store.');
      await seed(rig, say);
      await writeChains(directory);
      return await measure(rig, meter, directory, say);
    } finally {
      await rm(directory, { recursive: true, force: true });
      await rig.close();
      await meter?.close();
    }
  },
};

async function seed({ store }: LedgerRig, say: Say): Promise<void> {
  const settings = parseStoreSettings({ ...store.settings });
  if (settings === undefined) throw new Error('The store has no settings.');
  const port = httpCouchdb(settings, { stopwatch: () => performance.now(), timeout: seconds(60) });
  const at = Date.now() - HOUR_MS;
  const documents = [
    ...Array.from({ length: COUNT }, (_, index) => largestEvent(UPSTREAM, index, at + index)),
    ...Array.from({ length: COUNT }, (_, index) => largestOrder(TARGET, index, at + index)),
    ...Array.from({ length: DEAD }, (_, index) => largestDead(index, at + index)),
  ];
  for (let from = 0; from < documents.length; from += AT_ONCE) {
    const written = await port.bulk(documents.slice(from, from + AT_ONCE));
    if (written.some(({ kind }) => kind !== 'stored')) throw new Error('A document was not stored.');
  }
  say(`${documents.length} documents are stored: ${Math.round(sizeOf(documents) / 1e6)} MB of JSON.`);
}

const sizeOf = (documents: readonly object[]): number =>
  documents.reduce((sum, each) => sum + Buffer.byteLength(JSON.stringify(each)), 0);

async function writeChains(directory: string): Promise<void> {
  await mkdir(join(directory, 'chains'));
  const apps = `apps: { up: { id: ${UPSTREAM.appId} }, down: { id: ${TARGET.appId} } }`;
  const text = `chain: row\n${apps}\nreloads: [{ app: down, after: { app: up, on: failed } }]\n`;
  await writeFile(join(directory, 'chains', 'row.yaml'), text);
}

/** Measures the commands that only read, then the sweep and the work that it sets off, and at last calling off. */
async function measure(rig: LedgerRig, meter: StoreMeter, directory: string, say: Say): Promise<readonly Figure[]> {
  meter.takeLargest();
  const command = async (...args: readonly string[]): Promise<readonly Figure[]> => {
    const { code, ms, peakMb, error } = await run(rig, meter, directory, args);
    const name = `cascade ${args.join(' ')}`;
    if (code !== 0 && code !== 1) throw new Error(`${name} ended with ${code}: ${error}`);
    if (error.includes('STORE_')) throw new Error(`${name}: ${error}`);
    say(`${name}: exit code ${code}`);
    return figuresOf(name, ms, meter.takeLargest(), peakMb);
  };
  const reading = [
    ...(await command('runs')),
    ...(await command('why', 'row/down')),
    ...(await command('runs', '--problems')),
  ];
  const startedAt = performance.now();
  await sweep(rig);
  const swept = figuresOf('sweep', performance.now() - startedAt, meter.takeLargest());
  await quiet(rig, performance.now() + QUIET_PATIENCE_MS);
  meter.takeLargest();
  const figures = [...reading, ...swept, ...(await command('cancel', '--all'))];
  const sum = figures.filter(({ unit }) => unit === 's').reduce((total, { ours }) => total + ours, 0);
  return [...figures, { name: 'all together', ours: sum, unit: 's', bar: { atMost: MOST_S } }];
}

function figuresOf(name: string, ms: number, bytes: number, peakMb?: number): readonly Figure[] {
  const limit = LARGEST_ANSWER_BYTES / 1e6;
  return [
    { name, ours: ms / 1_000, unit: 's' },
    { name: `${name}: largest answer`, ours: bytes / 1e6, unit: 'MB', bar: { atMost: limit } },
    ...(peakMb === undefined
      ? []
      : [{ name: `${name}: peak memory`, ours: peakMb, unit: 'MB', bar: { atMost: MOST_MB } } as const]),
  ];
}

async function run(rig: LedgerRig, meter: StoreMeter, directory: string, args: readonly string[]): Promise<Measured> {
  const { username, password } = new URL(rig.store.settings.COUCHDB_URL);
  const url = Object.assign(new URL(meter.url), { username, password }).href;
  const env = { ...process.env, COUCHDB_URL: url, COUCHDB_DATABASE: rig.store.settings.COUCHDB_DATABASE };
  const tsx = import.meta.resolve('tsx');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, SCRIPT, ...args], {
    cwd: directory,
    env,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}
