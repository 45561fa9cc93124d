import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundledProgram } from './bundled-program.ts';
import { until } from './until.ts';

/** One line of `npm start -- --json`. */
type StartEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

export interface StartProcess {
  readonly child: ChildProcess;
  /** All lines of standard output so far. */
  readonly lines: readonly string[];
  /** The events so far; only of a process with `--json`. */
  readonly events: readonly StartEvent[];
  /** Standard error so far. */
  stderr(): string;
  /** Resolves to the first event for which `is` is true; rejects if the process ends before. */
  event(is: (event: StartEvent) => boolean): Promise<StartEvent>;
  /** Resolves to the first line for which `is` is true; rejects if the process ends before. */
  line(is: (line: string) => boolean): Promise<string>;
  /** The exit code; `null` if a signal ended the process. */
  readonly exit: Promise<number | null>;
}

const repository = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = await bundledProgram('local/start/main.js');

/**
 * Runs what `npm start` runs, in a process group of its own.
 *
 * @param root - a copy of the repository. Default: a bundle of this repository's program runs.
 */
export function startProcess(args: readonly string[], root?: string, env: NodeJS.ProcessEnv = {}): StartProcess {
  const program = root === undefined ? PROGRAM : 'local/start/main.js';
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root ?? repository,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const events: StartEvent[] = [];
  const waiting = new Set<() => void>();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => {
    lines.push(line);
    if (line.startsWith('{')) events.push(JSON.parse(line) as StartEvent);
    for (const look of waiting) look();
  });
  const exit = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  const first = <T>(things: readonly T[], is: (thing: T) => boolean): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = things.find(is);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void exit.then((code) => reject(new Error(`The process ended with ${code} before that: ${stderr}`)));
    });
  return {
    child,
    lines,
    events,
    stderr: () => stderr,
    event: (is) => first(events, is),
    line: (is) => first(lines, is),
    exit,
  };
}

const GROUP_MS = 10_000;

function isGroupAlive({ child }: StartProcess): boolean {
  try {
    process.kill(-(child.pid ?? 0), 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when no process of the child's group is left, as none may outlive the child; rejects after ten seconds. */
export async function untilGroupIsGone(started: StartProcess): Promise<void> {
  await until('the end of every process that npm start began', () => !isGroupAlive(started), GROUP_MS);
}
