import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Run } from './run-seed.ts';
import type { RunResult } from './run-world.ts';

const WORKER = fileURLToPath(new URL('run-worker.ts', import.meta.url));

/**
 * Runs the runs in as many processes as there are cores, and reports each result as it comes.
 *
 * @param onResult - returns true to leave out the rest of the runs.
 */
export async function spread(runs: readonly Run[], onResult: (run: Run, result: RunResult) => boolean): Promise<void> {
  const left = [...runs];
  const next = (): Run | undefined => left.shift();
  const stop = (): void => {
    left.length = 0;
  };
  const workers = Math.min(availableParallelism(), runs.length);
  await Promise.all(Array.from({ length: workers }, () => work(next, onResult, stop)));
}

async function work(
  next: () => Run | undefined,
  onResult: (run: Run, result: RunResult) => boolean,
  stop: () => void,
): Promise<void> {
  const worker = fork(WORKER, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    for (let run = next(); run !== undefined; run = next()) {
      if (onResult(run, await ask(worker, run))) stop();
    }
  } finally {
    worker.kill();
  }
}

function ask(worker: ChildProcess, run: Run): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void =>
      reject(new Error(`The run of seed ${run.seed} ended with code ${code}.`));
    worker.once('exit', ended);
    worker.once('message', (result) => {
      worker.off('exit', ended);
      resolve(result as RunResult);
    });
    worker.send(run);
  });
}
