import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';
import type { Asked, SectionRun } from './run-section.ts';

// A process of `startSectionWorker`. It gets one section and host at a time, runs the tests, and sends their result.

/**
 * Tests that wait for the wall clock, or for alarms. They are left out. The clock of the limits' own host makes nobody
 * wait.
 */
const TIMED = /at the ceiling|refused fires/;

const loaded = new Map<string, Mocha>();

/** Loads the section's tests. Node loads a file only once, so all runs use the same tests. */
async function load(section: string): Promise<Mocha> {
  const known = loaded.get(section);
  if (known !== undefined) return known;
  const mocha = new Mocha({ timeout: 60_000, reporter: class {} as unknown as Mocha.ReporterConstructor });
  mocha.cleanReferencesAfterRun(false).grep(TIMED).invert();
  mocha.addFile(fileURLToPath(new URL(`../${section}.test.ts`, import.meta.url)));
  await mocha.loadFilesAsync();
  loaded.set(section, mocha);
  return mocha;
}

async function run({ section, url, auth }: Asked): Promise<SectionRun> {
  Object.assign(process.env, { OPENWHISK_APIHOST: url, OPENWHISK_AUTH: auth });
  const mocha = await load(section);
  const [failed, skipped]: [string[], string[]] = [[], []];
  let passed = 0;
  await new Promise((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', () => {
      passed += 1;
    });
    runner.on('fail', ({ title }) => failed.push(title));
    runner.on('pending', ({ title }) => skipped.push(title));
  });
  return { passed, failed, skipped };
}

// Each section adds a listener for uncaught errors and keeps it. Node would warn of so many listeners.
process.setMaxListeners(0);
process.on('message', (asked: Asked) => void run(asked).then((ran) => process.send?.(ran)));
process.on('disconnect', () => process.exit());
