import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Place } from './place.ts';

const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const WORKER = fileURLToPath(new URL('section-worker.ts', import.meta.url));

/** A section, and the host that it is to test. */
export interface Asked extends Pick<Place, 'url' | 'auth'> {
  readonly section: string;
}

/** The result of a section's tests. */
export interface SectionRun {
  readonly passed: number;
  /** Titles of the tests and hooks that failed. */
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** A process that runs the tests of one section after another. */
export interface SectionWorker {
  /** Runs the tests of a section, without those that wait for the wall clock. One call at a time. */
  run(asked: Asked): Promise<SectionRun>;
  close(): void;
}

export function startSectionWorker(): SectionWorker {
  const child = fork(WORKER, { execArgv: ['--import', 'tsx'] });
  return {
    run: (asked) =>
      new Promise((resolve, reject) => {
        const ended = (): void => reject(new Error(`The process of section ${asked.section} ended.`));
        child.once('exit', ended);
        child.once('message', (ran) => {
          child.off('exit', ended);
          resolve(ran as SectionRun);
        });
        child.send(asked);
      }),
    close: () => void child.kill(),
  };
}

/** Runs a section with mocha's own command, as people do to test a host of theirs. */
export function spawnSection({ section, url, auth }: Asked): ChildProcess {
  const file = fileURLToPath(new URL(`../${section}.test.ts`, import.meta.url));
  const args = ['--import', 'tsx', MOCHA, '--no-config', '--extension', 'ts', '--exit', '--reporter', 'json', file];
  const env = { ...process.env, OPENWHISK_APIHOST: url, OPENWHISK_AUTH: auth };
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
}
