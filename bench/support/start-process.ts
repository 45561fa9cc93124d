import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A part of a benchmark in a process of its own, so that it does not share an event loop with the measuring code. */
export interface Part<Ready> {
  /** Its first message, which it sends when it is up. */
  readonly ready: Ready;
  /** Sends a message and waits for the answer; one question at a time. */
  ask(message: object, patienceMs: number): Promise<unknown>;
  close(): Promise<void>;
  /** Ends the process with SIGKILL, so that none of its own code runs any more. */
  kill(): Promise<void>;
}

const START_PATIENCE_MS = 30_000;

const AS_TYPESCRIPT = ['--import', 'tsx'];

/**
 * Starts a script that answers `options` with one message when it is up.
 *
 * @param script - relative to this folder, or an absolute path.
 */
export async function startProcess<Ready>(
  script: string,
  options: object,
  execArgv: readonly string[] = AS_TYPESCRIPT,
): Promise<Part<Ready>> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(file, { execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ask = async (message: object, patienceMs: number): Promise<unknown> => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new Error(`${script} did not answer in ${patienceMs} ms.`)), patienceMs);
    const ended = once(child, 'exit', { signal: stop.signal }).then(([code]) => {
      throw new Error(`${script} ended with code ${code}.`);
    });
    try {
      child.send(message);
      const [answer] = await Promise.race([once(child, 'message', { signal: stop.signal }), ended]);
      return answer;
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    } finally {
      clearTimeout(timer);
      stop.abort();
      ended.catch(() => {});
    }
  };
  const end = async (how: () => void): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    how();
    await ended;
  };
  const close = (): Promise<void> => end(() => child.disconnect());
  const kill = (): Promise<void> => end(() => child.kill('SIGKILL'));
  const ready = (await ask(options, START_PATIENCE_MS)) as Ready;
  return { ready, ask, close, kill };
}
