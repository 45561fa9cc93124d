import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { HISTORY_INDEXES } from '../../src/clients/couchdb/indexes.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import type { Bench, Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import type { Measured } from '../large/measured-command.ts';
import { bringIndexesUpToDate } from '../ledger/bring-indexes-up-to-date.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { type BenchStore, type StoreSettings, startBenchStore } from '../ledger/start-bench-store.ts';
import { median } from '../statistics.ts';
import { pastRun } from './past-run.ts';

const FEW = 500;
const EVENTS_OF_RUN = 2;
const RUNS_AT_ONCE = 100;
/** The indexes are brought up to date after so many runs. */
const INDEXED_RUNS = 200;
const TRIES = 5;
const MOST_TIMES = 2;
const DAYS_MS = 30 * 24 * 3_600_000;
const WRITES = 1_000;
const SCRIPT = fileURLToPath(new URL('../large/measured-command.ts', import.meta.url));

/** Measures `cascade runs` over a short and over a long past, and the cost of its indexes. */
const historyOf = (name: string, many: number): Bench => ({
  name,
  about: `cascade runs with ${many} events in the ledger beside ${FEW}, and what its indexes cost each write`,
  servers: { store: true, openwhisk: 'it uses none' },
  async run(say, servers) {
    const store = await startBenchStore(servers);
    const directory = await mkdtemp(join(tmpdir(), 'cascade-bench-history-'));
    try {
      const costs = await measureWrites(store, say);
      const seeder = seederOf(couchPortOf(store.settings), many / EVENTS_OF_RUN);
      await seeder.seedTo(FEW / EVENTS_OF_RUN);
      const few = await timeOfRuns(store.settings, directory);
      say(`cascade runs with ${FEW} events: ${Math.round(few)} ms`);
      await seeder.seedTo(many / EVENTS_OF_RUN);
      await bringIndexesUpToDate(couchPortOf(store.settings));
      say(`${many} events are stored`);
      const ours = await timeOfRuns(store.settings, directory);
      return [
        {
          name: `cascade runs with ${many} events, ours / peer`,
          ours,
          unit: 'ms',
          peer: { name: `with ${FEW}`, value: few },
          ratio: ours / few,
          bar: { atMost: MOST_TIMES },
        },
        ...costs,
      ];
    } finally {
      await rm(directory, { recursive: true, force: true });
      await store.close();
    }
  },
});

export const history = historyOf('history', 50_000);
export const historySmall = historyOf('history --small', 5_000);

/** Writes runs that began in the last 30 days, in the order in which they began. */
function seederOf(port: CouchPort, runs: number) {
  const startedAt = Date.now();
  let next = 0;
  return {
    async seedTo(count: number): Promise<void> {
      while (next < count) {
        const indexes = Array.from({ length: Math.min(RUNS_AT_ONCE, count - next) }, (_, offset) => next + offset);
        // The newest runs of both pasts have equal distances, so that the command does the same work for both.
        await store(
          port,
          indexes.flatMap((index) => pastRun('past', index, startedAt - DAYS_MS + (index * DAYS_MS) / runs)),
        );
        next += indexes.length;
        // A sweep asks for due documents every five minutes. So much is seldom written in that time.
        if (next % INDEXED_RUNS === 0) await bringIndexesUpToDate(port);
      }
    },
  };
}

async function store(port: CouchPort, documents: ReturnType<typeof pastRun>): Promise<void> {
  const written = await port.bulk(documents);
  if (written.some(({ kind }) => kind !== 'stored')) throw new Error('A document was not stored.');
}

/**
 * Writes equally many documents without and with the indexes of the history. Each time the store brings its indexes up
 * to date.
 */
async function measureWrites({ settings }: BenchStore, say: Say): Promise<readonly Figure[]> {
  const port = couchPortOf(settings);
  const write = async (name: string): Promise<number> => {
    const startedAt = performance.now();
    for (let index = 0; index < WRITES; index += RUNS_AT_ONCE) {
      const indexes = Array.from({ length: RUNS_AT_ONCE }, (_, offset) => index + offset);
      await store(
        port,
        indexes.flatMap((each) => pastRun(name, each, 1_000)),
      );
    }
    await port.due({ from: 0 as EpochMs, until: 1 as EpochMs, limit: 1 });
    if (name === 'with') await bringIndexesUpToDate(port);
    return (performance.now() - startedAt) / (WRITES * pastRun(name, 0, 0).length);
  };
  await write('warm');
  await removeIndexes(settings);
  const without = await write('without');
  await installConfiguredLedger(settings);
  await bringIndexesUpToDate(port);
  const ours = await write('with');
  say(`a write takes ${without.toFixed(3)} ms without the indexes of the history, ${ours.toFixed(3)} ms with them`);
  return [
    {
      name: 'a write in bulk and its indexing, ours − peer is the cost of the history',
      ours,
      unit: 'ms',
      peer: { name: 'without the history', value: without },
    },
  ];
}

async function removeIndexes({ COUCHDB_ADMIN_URL, COUCHDB_DATABASE }: StoreSettings): Promise<void> {
  const { origin, username, password } = new URL(COUCHDB_ADMIN_URL);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const design = `${origin}/${COUCHDB_DATABASE}/_design/${HISTORY_INDEXES[0].ddoc}`;
  const { _rev: rev } = (await (await fetch(design, { headers })).json()) as { readonly _rev: string };
  const { ok, status } = await fetch(`${design}?rev=${rev}`, { method: 'DELETE', headers });
  if (!ok) throw new Error(`The store answered ${status} to the removal of the indexes.`);
}

/** The median time of some calls of the command, each in a process of its own. */
async function timeOfRuns(settings: StoreSettings, cwd: string): Promise<number> {
  const { COUCHDB_URL, COUCHDB_DATABASE } = settings;
  const args = ['--import', import.meta.resolve('tsx'), SCRIPT, 'runs'];
  const times: number[] = [];
  for (let call = 0; call <= TRIES; call += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd,
      env: { ...process.env, COUCHDB_URL, COUCHDB_DATABASE },
    });
    const { code, ms, error } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
    if (code !== 0) throw new Error(`cascade runs ended with ${code}: ${error}`);
    times.push(ms);
  }
  // The first call brings the indexes up to date.
  return median(times.slice(1));
}
