import { type ChildProcess, execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Place } from './place.ts';

const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');

/** What became of a section's tests. */
export interface SectionRun {
  readonly passed: number;
  /** Titles of the tests and hooks that failed. */
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** Tests that have to wait for the wall clock, or for alarms: the limits' own host has a clock that need not be waited for. */
const TIMED = ['--grep', 'at the ceiling|refused fires', '--invert'];

/**
 * Runs the tests of one section in a process of their own, against the host at `url`: all of them but those that have to
 * wait for the wall clock.
 *
 * @param onStart - is given the process.
 * @throws Error when the process ends without a report.
 */
export function runSection(
  section: string,
  { url, auth }: Pick<Place, 'url' | 'auth'>,
  onStart: (child: ChildProcess) => void = () => {},
): Promise<SectionRun> {
  const file = fileURLToPath(new URL(`../${section}.test.ts`, import.meta.url));
  const options = ['--no-config', '--extension', 'ts', '--exit', '--timeout', '60000', '--reporter', 'json'];
  const args = ['--import', 'tsx', MOCHA, ...options, ...TIMED, file];
  const env = { ...process.env, OPENWHISK_APIHOST: url, OPENWHISK_AUTH: auth };
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { env, maxBuffer: 1e8 }, (_error, stdout, stderr) => {
      try {
        const { passes, failures, pending } = JSON.parse(stdout.slice(stdout.indexOf('{\n')));
        const titles = (tests: readonly { title: string }[]) => tests.map(({ title }) => title);
        resolve({ passed: passes.length, failed: titles(failures), skipped: titles(pending) });
      } catch (cause) {
        reject(new Error(`The section ${section} did not run: ${stderr}${stdout}`, { cause }));
      }
    });
    onStart(child);
  });
}
