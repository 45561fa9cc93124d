import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Say } from '../bench.ts';

/** The result of a script. */
export interface ScriptRun {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly tookMs: number;
}

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a script of this repository, or of the copy of it in `cwd`, and prints its lines as they come. */
export async function runScript(
  script: string,
  args: readonly string[],
  say: Say,
  cwd = REPOSITORY,
): Promise<ScriptRun> {
  const startedAt = performance.now();
  const command = ['--import', 'tsx', script, ...args];
  const child = spawn(process.execPath, command, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    say(line);
  }
  return { code: await closed, lines, tookMs: performance.now() - startedAt };
}

/** Parses the last line, which is JSON. @throws Error if there is no line. */
export function lastOf<T>({ lines, code }: ScriptRun): T {
  const last = lines.at(-1);
  if (last === undefined) throw new Error(`The script ended with code ${code}, and told nothing on stdout.`);
  return JSON.parse(last) as T;
}
