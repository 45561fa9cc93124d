import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeProblems } from '../../cli/report-chains.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { bringUp, type Up, type UpTenant } from './bring-up.ts';
import { DEMO_FIRST, DemoRun } from './demo-run.ts';
import { notStartedOf } from './not-started.ts';
import { nameIn, ReloadWatch } from './reload-watch.ts';
import type { Ready, Reporter } from './reporter.ts';
import type { StartOptions } from './start-options.ts';

export interface RunStartPorts {
  readonly options: StartOptions;
  readonly reporter: Reporter;
  /** Where a chain file's mistakes and warnings are shown. */
  readonly terminal: Terminal;
  /** `COUCHDB_URL` and what goes with it are read from it. */
  readonly env: Environment;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Is told how to end each part as soon as the part is there. */
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

const EXAMPLES = fileURLToPath(new URL('../../chains', import.meta.url));
const WSK = fileURLToPath(new URL('../../.tools/wsk', import.meta.url));
/** The examples take some seconds; a machine that is busy takes longer. */
const LONGEST_DEMO_MS = 120_000;

/**
 * Brings everything up and follows it, until the signal or, with `once`, until the examples have run.
 *
 * @returns whether all went as it should.
 * @throws CascadeError for chain files with mistakes and ports in use; the signal's reason when it ends the start.
 */
export async function runStart(ports: RunStartPorts): Promise<boolean> {
  const { options, reporter, signal } = ports;
  const chains = await readChains(ports);
  const watch = new ReloadWatch(chains);
  const past = new Set<string>();
  const demo = new DemoRun(() => watch.reloads.filter(({ reloadId }) => !past.has(reloadId)));
  let moved = (): void => {};
  reporter.step('Building the actions, starting the tenant and the host …');
  const up = await bringUp({
    ...ports,
    ...options,
    chains,
    onActivation: (record) => {
      demo.activationEnded(record);
      const notStarted = notStartedOf(record, chains);
      if (notStarted !== undefined) reporter.notStarted(notStarted);
      moved();
    },
  });
  for (const { name, past: entries } of up.tenants) for (const entry of entries) watch.read(name, entry);
  for (const { reloadId } of watch.reloads) past.add(reloadId);
  reporter.ready(readyOf(up, chains));
  const over = new Promise<void>((resolve) => {
    moved = () => {
      if (demo.isOver) resolve();
    };
  });
  const follows = up.tenants.map((tenant) =>
    follow(tenant, signal, (entry) => {
      const seen = watch.read(tenant.name, entry);
      if (seen === undefined) return;
      reporter.seen(seen);
      demo.seen(seen);
      moved();
    }),
  );
  const followed = Promise.race(follows);
  // Ctrl-C may end them before anybody waits for them.
  for (const each of [...follows, followed]) each.catch(() => {});
  if (options.demo) demo.started(await startDemo(up, chains));
  if (!options.once) return followed;
  moved();
  const isOver = await Promise.race([over.then(() => true), timeout(LONGEST_DEMO_MS, signal), followed]);
  const done = demo.result(isOver === true);
  reporter.done(done);
  return done.ok;
}

async function readChains({ options, terminal }: RunStartPorts): Promise<CompiledChains> {
  const result = await compileDirectory(options.chains ?? EXAMPLES);
  writeProblems(result, terminal);
  if (result.compiled !== undefined) return result.compiled;
  throw new CascadeError('CHAIN_INVALID', 'The chain files have mistakes: see above.');
}

function readyOf(
  { host, store, tenants: [first], webhookUrl, chainsUrl, readApiKey }: Up,
  chains: CompiledChains,
): Ready {
  if (first === undefined) throw new CascadeError('INTERNAL', 'No tenant was started.');
  const [app] = Object.values(chains.links)
    .flat()
    .map(({ after }) => after);
  return {
    openwhisk: { apihost: host.url, auth: host.auth, namespace: host.namespace },
    tenant: { url: first.tenant.url, apiKey: first.tenant.apiKey },
    store: store && { url: store.url, user: store.user, password: store.password },
    webhook: { url: webhookUrl, secret: first.webhookSecret },
    chains: { url: chainsUrl, apiKey: readApiKey },
    wsk: existsSync(WSK) ? '.tools/wsk' : 'wsk',
    example: app && { name: nameIn(undefined, app, chains), appId: app.appId },
  };
}

/** Starts the examples' first apps, those that are still in a link; tells how many. */
async function startDemo({ tenants }: Up, { apps }: CompiledChains): Promise<number> {
  let count = 0;
  for (const name of DEMO_FIRST) {
    const app = Object.values(apps).find(({ names }) => names.includes(name));
    const tenant = tenants.find((candidate) => candidate.name === app?.tenant);
    if (app === undefined || tenant === undefined) continue;
    await tenant.control.reload(app.appId);
    count += 1;
  }
  return count;
}

/** Tells every entry of a tenant's journal, until the signal; then it rejects with the signal's reason. */
async function follow(
  { control, past }: UpTenant,
  signal: AbortSignal,
  tell: (entry: Awaited<ReturnType<UpTenant['control']['journal']>>[number]) => void,
): Promise<never> {
  for (let last = past.at(-1)?.seq ?? 0; ; ) {
    signal.throwIfAborted();
    for (const entry of await control.journal(last)) {
      last = entry.seq;
      tell(entry);
    }
  }
}

const timeout = (durationMs: number, signal: AbortSignal): Promise<false> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), durationMs);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
