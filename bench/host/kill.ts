import { execFile } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { Bench } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { seededRandom } from '../seeded-random.ts';
import { inParallel } from './in-parallel.ts';
import { type HostProcess, startHostProcess } from './start-host-process.ts';

const INVOKES = 600;
const AT_ONCE = 12;
const ACTION_MS = 40;
const KILL_EVERY_MS = 50;
const SEED = 20_261_122;
const PATIENCE_MS = 30_000;

/** Kills containers at any moment, while they start, run or wait. */
export const hostKill: Bench = {
  name: 'host --kill',
  about: 'containers killed at random under load: every activation ends once, and none runs twice',
  async run(say) {
    say(
      `${INVOKES} activations of ${ACTION_MS} ms, ${AT_ONCE} at once; every ${KILL_EVERY_MS} ms a container is killed (seed ${SEED}).`,
    );
    const [running, runs] = [await startHostProcess(true), await countRuns()];
    try {
      await running.put('victim', actionCode(runs.url));
      const killer = startKiller(running.ready.pid);
      const accepted = await invokeAll(running).finally(killer.stop);
      const killed = await killer.stop();
      await Promise.all(accepted.map((id) => recordOf(running, id)));
      return figuresOf(accepted, (await running.ask({ ask: 'ends' })).ends ?? [], runs.byActivation, killed);
    } finally {
      await running.close();
      runs.close();
    }
  },
};

const actionCode = (url: string): string => `async function main() {
  await fetch('${url}/' + process.env.__OW_ACTIVATION_ID);
  await new Promise((resolve) => setTimeout(resolve, ${ACTION_MS}));
  return { done: true };
}`;

interface Runs {
  readonly url: string;
  readonly byActivation: ReadonlyMap<string, number>;
  close(): void;
}

/** Counts how often the action's code ran for each activation. The action itself reports each run. */
async function countRuns(): Promise<Runs> {
  const byActivation = new Map<string, number>();
  const server = http.createServer((request, response) => {
    const id = (request.url ?? '').slice(1);
    byActivation.set(id, (byActivation.get(id) ?? 0) + 1);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, byActivation, close };
}

/** Invokes the action many times. Every second call waits for the activation's end. */
async function invokeAll(running: HostProcess): Promise<readonly string[]> {
  const accepted: string[] = [];
  await inParallel(INVOKES, AT_ONCE, async (n) => {
    const isBlocking = n % 2 === 0;
    const { status, body } = await running.rest('POST', `actions/victim?blocking=${isBlocking}`);
    const { activationId } = JSON.parse(body);
    if (!(isBlocking ? [200, 502] : [202]).includes(status)) throw new Error(`The host answered ${status}: ${body}`);
    accepted.push(activationId);
    if (!isBlocking) await recordOf(running, activationId);
  });
  return accepted;
}

/** Polls for a record that has an end. @throws Error if there is none within 30 s. */
async function recordOf(running: HostProcess, activationId: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; ) {
    const { status, body } = await running.rest('GET', `activations/${activationId}`);
    if (status === 200 && JSON.parse(body).end > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Kills one container after another among the children of the host's process. */
function startKiller(hostPid: number): { stop(): Promise<number> } {
  const random = seededRandom(SEED);
  let killed = 0;
  let isStopped = false;
  const loop = (async () => {
    while (!isStopped) {
      const pids = await containersOf(hostPid);
      const pid = pids[Math.floor(random() * pids.length)];
      if (pid !== undefined) killed += kill(pid);
      await new Promise((resolve) => setTimeout(resolve, KILL_EVERY_MS));
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await loop;
      return killed;
    },
  };
}

async function containersOf(hostPid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === hostPid && args.join(' ').includes('proxy.cjs'))
    .map(([pid]) => Number(pid));
}

function kill(pid: number): 0 | 1 {
  try {
    process.kill(pid, 'SIGKILL');
    return 1;
  } catch {
    return 0;
  }
}

function figuresOf(
  accepted: readonly string[],
  ends: readonly (readonly [string, number])[],
  runs: ReadonlyMap<string, number>,
  killed: number,
): readonly Figure[] {
  const times = new Map(ends);
  const count = (isSuch: (id: string) => boolean): number => accepted.filter(isSuch).length;
  return [
    { name: 'activations accepted', ours: accepted.length, unit: '', bar: { atLeast: INVOKES } },
    { name: 'without an end', ours: count((id) => !times.has(id)), unit: '', bar: { atMost: 0 } },
    { name: 'ended twice', ours: count((id) => (times.get(id) ?? 0) > 1), unit: '', bar: { atMost: 0 } },
    { name: 'run twice', ours: count((id) => (runs.get(id) ?? 0) > 1), unit: '', bar: { atMost: 0 } },
    { name: 'one id for two', ours: accepted.length - new Set(accepted).size, unit: '', bar: { atMost: 0 } },
    { name: 'containers killed', ours: killed, unit: '', bar: { atLeast: 50 } },
  ];
}
