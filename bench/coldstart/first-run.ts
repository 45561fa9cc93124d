import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Container } from '../../local/host/containers/container.ts';
import { MemoryWatch } from '../../local/host/containers/memory-watch.ts';
import type { Guard } from '../../local/host/containers/processes.ts';

/** What a first run needs from the machine. */
export interface RunPlace {
  readonly folder: string;
  readonly proxyFile: string;
  readonly guard: Guard;
}

/** An action, and the parameters of its first run. */
export interface FirstRun {
  readonly name: string;
  /** The path of the bundle. */
  readonly file: string;
  readonly params: object;
  readonly apiHost: string;
  readonly apiKey?: string;
  /** Whether a result shows that the run did its work. */
  readonly isFine: (result: Record<string, unknown>) => boolean;
}

const LIMIT_MS = 30_000;
const LIMITS = { timeoutMs: LIMIT_MS, replyBytes: 1_048_576, memoryBytes: 256 * 1_048_576 };
const memory = new MemoryWatch();

let containers = 0;

/**
 * How long it takes, in ms, from the start of a container's process to the answer of its first run. It does what the
 * host's own containers do.
 */
export async function timeFirstRun(run: FirstRun, { folder, ...place }: RunPlace): Promise<number> {
  const code = await readFile(run.file, 'utf8');
  const init = JSON.stringify({ value: { name: run.name, main: 'main', code, binary: false, env: {} } });
  containers += 1;
  const startedAt = performance.now();
  const container = new Container({
    ...place,
    memory,
    folder: join(folder, `${containers}`),
    apiHost: run.apiHost,
    now: Date.now,
  });
  try {
    const answers = [
      await container.post('/init', init, LIMITS),
      await container.post('/run', runMessage(run), LIMITS),
    ];
    const takenMs = performance.now() - startedAt;
    const last = answers[1];
    const text = last?.kind === 'reply' ? last.body.toString() : String(last?.kind);
    if (last?.kind !== 'reply' || last.status !== 200 || !run.isFine(JSON.parse(text))) {
      throw new Error(`The first run of ${run.name} came to: ${text}`);
    }
    return takenMs;
  } finally {
    container.kill();
    await container.ended;
  }
}

const runMessage = ({ name, params, apiKey }: FirstRun): string =>
  JSON.stringify({
    value: params,
    namespace: 'guest',
    action_name: `/guest/cascade/${name}`,
    action_version: '0.0.1',
    activation_id: '0'.repeat(32),
    transaction_id: '0'.repeat(32),
    deadline: `${Date.now() + LIMIT_MS}`,
    ...(apiKey === undefined ? {} : { api_key: apiKey }),
  });
