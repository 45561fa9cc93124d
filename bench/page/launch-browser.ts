import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium and Chrome are usually installed. */
const INSTALLED = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * With these arguments root can start the browser, also in a container with little shared memory. The package proposes
 * other arguments. They switch off the rules of origins, on which these tests rely, and put all pages into one process.
 */
const ARGUMENTS = ['--no-sandbox', '--no-zygote', '--disable-dev-shm-usage', '--disable-gpu'];

/** Where Linux has the library libnss3. Chromium needs it and some others, which come with it. */
const NSS = ['/usr/lib/x86_64-linux-gnu/libnss3.so', '/usr/lib64/libnss3.so', '/usr/lib/libnss3.so'];

/** A browser on this machine, and how to start it. */
interface InstalledBrowser {
  readonly executablePath: string;
  readonly args: string[];
}

/** Finds an installed browser or, on Linux (x64), the one in a package. Undefined if there is none. */
async function browserHere(): Promise<InstalledBrowser | undefined> {
  const installed = INSTALLED.find((path) => path !== '' && existsSync(path));
  if (installed !== undefined) return { executablePath: installed, args: ARGUMENTS };
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // The package has these libraries, and unpacks them only if it believes to be in Amazon's Lambda.
  if (!NSS.some((path) => existsSync(path))) process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs20.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return { executablePath: await packaged.executablePath(), args: ARGUMENTS };
}

/** What `launchBrowser` uses of the machine. */
interface Machine {
  readonly find: () => Promise<InstalledBrowser | undefined>;
  readonly environment: NodeJS.ProcessEnv;
  readonly say: (message: string) => void;
}
const THIS_MACHINE: Machine = { find: browserHere, environment: process.env, say: console.error };

/**
 * Starts a real browser without a window.
 *
 * @returns undefined if this machine has no browser. It prints that, and the tests are skipped.
 * @throws Error if there is no browser although `CI` is set, as the tests must run there.
 */
export async function launchBrowser({ find, environment, say } = THIS_MACHINE): Promise<Browser | undefined> {
  const here = await find();
  if (here !== undefined) return chromium.launch({ ...here, headless: true });
  const message = 'The page is not tested: no Chromium or Chrome is installed. Set CHROMIUM to its path.';
  if (environment['CI']) throw new Error(message);
  say(message);
  return undefined;
}
