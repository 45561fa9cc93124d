/*
 * `npm start` runs all of Cascade on one machine, with a simulated tenant of Qlik Cloud, so that people can try it.
 * This file is its course: it starts everything, reloads the first apps of the example chains, and has a reporter print
 * what happens. With `--once` it ends when the examples have run, so that a script can check Cascade.
 */

import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { writeProblems } from '../../cli/report-chains.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import { bringUp, type UpTenant } from './bring-up.ts';
import { DEMO_FAILS_ONCE, DEMO_FIRST, DemoRun } from './demo-run.ts';
import { notStartedOf } from './not-started.ts';
import { NoticeWatch } from './notice-watch.ts';
import { ReloadWatch } from './reload-watch.ts';
import { repeat } from './repeat.ts';
import type { Reporter } from './reporter.ts';
import type { TenantEntry } from './sim-control.ts';
import { slackLines } from './slack-lines.ts';
import type { StartOptions } from './start-options.ts';

/** What `npm start` runs with. */
export interface RunStartPorts {
  readonly options: StartOptions;
  readonly reporter: Reporter;
  /** Shows the mistakes and warnings of the chain files, and what fails while everything else goes on. */
  readonly terminal: Terminal;
  /** The environment variables, such as `COUCHDB_URL`. */
  readonly env: Environment;
  /** Aborted when everything has to end, for example by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Is called as soon as a part runs, with the function that ends the part. */
  readonly onEnd: (end: () => Promise<unknown>) => void;
}

const EXAMPLES = fileURLToPath(new URL('../../chains', import.meta.url));
/** How long `--once` waits for the examples, in milliseconds. They take some seconds, and longer on a busy machine. */
const LONGEST_DEMO_MS = 120_000;
/**
 * The pause between two sweeps, in milliseconds. It is short enough for a person who waits for the next attempt: the
 * scheduled sweep would come only every 5 minutes.
 */
const SWEEP_EVERY_MS = 1_000;
/**
 * The pause before Cascade looks for new questions again, in milliseconds. The deployed alarm would come only every 10
 * minutes, too late for somebody who tries it. The action asks the site at most once a minute, however often it runs.
 */
const COLLECT_EVERY_MS = 20_000;
/** In milliseconds. So `--once` ends soon after the end of the work. */
const LOOK_EVERY_MS = 100;

/**
 * Runs `npm start`: starts everything, and prints what happens. It ends when the signal is aborted. With `once` it also
 * ends when the examples have run, or after two minutes.
 *
 * @returns with `once`: whether the examples did what they must. Without `once` the promise does not resolve.
 * @throws CascadeError for chain files with mistakes, and as `bringUp`; the signal's reason if it is aborted.
 */
export async function runStart(ports: RunStartPorts): Promise<boolean> {
  const { options, reporter, signal } = ports;
  const chains = await readChains(ports);
  const watch = new ReloadWatch(chains);
  /** The ids of reloads that an earlier `npm start` saw. */
  const past = new Set<string>();
  /** The reloads since this `npm start` began. */
  const fresh = () => watch.reloads.filter(({ reloadId }) => !past.has(reloadId));
  const demo = new DemoRun(fresh);
  const notices = new NoticeWatch(chains);
  /** The lines of messages in the stand-in for Slack, until the notices in them are reported. */
  const messages: (readonly string[])[] = [];
  /** Aborted when all reloads of the examples have ended, and no more can come. */
  const settled = new AbortController();
  /** Aborted when also no work is left undone in the ledger. */
  const over = new AbortController();
  const endIfOver = (): void => {
    if (demo.isOver) settled.abort();
  };
  reporter.step('Building the actions, starting the tenant and the host …');
  const { ready, tenants, run, isAnythingDue } = await bringUp({
    ...ports,
    ...options,
    chains,
    onWait: (sentence) => reporter.step(sentence),
    onFault: (sentence) => ports.terminal.writeError(`${sentence}\n`),
    onMessage: ({ body }) => messages.push(slackLines(body)),
    onActivation: (record) => {
      demo.activationEnded(record);
      const notStarted = notStartedOf(record, chains);
      if (notStarted !== undefined) reporter.notStarted(notStarted);
      const before = new Set(notices.refused);
      const sent = notices.activationEnded(record);
      for (const notice of sent) reporter.notice(notice);
      if (sent.length > 0) for (const lines of messages.splice(0)) reporter.message(lines);
      for (const refused of notices.refused) if (!before.has(refused)) reporter.noticeRefused(refused);
      endIfOver();
    },
  });
  // Reloads that an earlier `npm start` saw may have called for reloads that run now. So `watch` learns of them, but
  // the reporter does not.
  for (const { name, past: entries } of tenants) for (const entry of entries) watch.read(name, entry);
  for (const { reloadId } of watch.reloads) past.add(reloadId);
  reporter.ready(ready);
  const followed = followAll(tenants, signal, ({ name }, entry) => {
    const seen = watch.read(name, entry);
    if (seen === undefined) return;
    reporter.seen(seen);
    demo.seen(seen);
    endIfOver();
  });
  /** Runs a sequence again and again. A run that fails does not matter: the next one does its work. */
  const keepRunning = (name: Parameters<typeof run>[0], everyMs: number, isNeeded = () => true, until = signal) => {
    const done = repeat(async () => isNeeded() && run(name).catch(() => {}), everyMs, until);
    ports.onEnd(() => done);
  };
  if (options.questions) keepRunning('questions/socron', COLLECT_EVERY_MS);
  if (options.demo) {
    demo.started(await startDemo(tenants, chains, options.ledger));
    // A sweep takes up what was left undone: it starts the next attempt of a reload that failed. With --once, it also
    // sends the notices that a channel did not take at first.
    const isNeeded = (): boolean => demo.awaitsSweep || settled.signal.aborted;
    const end = options.once ? over.signal : settled.signal;
    keepRunning('cascade/sweep', SWEEP_EVERY_MS, isNeeded, AbortSignal.any([signal, end]));
  }
  if (!options.once) return followed;
  endIfOver();
  const wrong = (): ReadonlySet<string> =>
    new Set(notices.refused.flatMap(({ isWrong, channel }) => (isWrong ? channel : [])));
  const isAtRest = async (): Promise<boolean> =>
    settled.signal.aborted && !(await isAnythingDue?.(fresh(), wrong())) && notices.isQuiet;
  const endAtRest = async () => (await isAtRest()) && over.abort();
  void repeat(endAtRest, LOOK_EVERY_MS, AbortSignal.any([signal, over.signal]));
  // When the examples are over, the wait ends early, with an error that does not matter.
  const wait = setTimeout(LONGEST_DEMO_MS, undefined, { signal: over.signal, ref: false }).catch(() => {});
  await Promise.race([wait, followed]);
  const unsent = notices.refused.map(({ message }) => `${message}. Its notices are not sent.`);
  const done = demo.result(over.signal.aborted, options.ledger, unsent);
  reporter.done(done);
  return done.ok;
}

async function readChains({ options, terminal }: RunStartPorts): Promise<CompiledChains> {
  const result = await compileDirectory(options.chains ?? EXAMPLES);
  writeProblems(result, terminal);
  if (result.compiled !== undefined) return result.compiled;
  throw new CascadeError('CHAIN_INVALID', 'The chain files have mistakes: see above.');
}

/**
 * Reloads the first apps of the examples (`DEMO_FIRST`), if they are still in a chain.
 *
 * @returns how many apps it reloads.
 */
async function startDemo(tenants: readonly UpTenant[], { apps }: CompiledChains, ledger: boolean): Promise<number> {
  // Finds apps by their names in the chain files, each with its simulated tenant.
  const inTenants = (names: readonly string[]) =>
    names.flatMap((name) => {
      const app = Object.values(apps).find((candidate) => candidate.names.includes(name));
      const tenant = tenants.find((candidate) => candidate.name === app?.tenant);
      return app === undefined || tenant === undefined ? [] : [{ appId: app.appId, control: tenant.control }];
    });
  if (ledger) for (const { appId, control } of inTenants(DEMO_FAILS_ONCE)) await control.failNext(appId);
  const first = inTenants(DEMO_FIRST);
  for (const { appId, control } of first) await control.reload(appId);
  return first.length;
}

/**
 * Follows the journals of all tenants. A journal is a tenant's list of what happened. When the signal is aborted, the
 * promise rejects with the signal's reason.
 */
function followAll(
  tenants: readonly UpTenant[],
  signal: AbortSignal,
  onEntry: (tenant: UpTenant, entry: TenantEntry) => void,
): Promise<never> {
  const follows = tenants.map((tenant) => follow(tenant, signal, (entry) => onEntry(tenant, entry)));
  const followed = Promise.race(follows);
  // After Ctrl-C these promises may reject while nobody awaits them yet. Node.js must not end the process for that.
  for (const each of [...follows, followed]) each.catch(() => {});
  return followed;
}

/**
 * Passes every new entry of a tenant's journal to `onEntry`. When the signal is aborted, the promise rejects with the
 * signal's reason.
 */
async function follow(
  { control, past }: UpTenant,
  signal: AbortSignal,
  onEntry: (entry: TenantEntry) => void,
): Promise<never> {
  for (let last = past.at(-1)?.seq ?? 0; ; ) {
    signal.throwIfAborted();
    for (const entry of await control.journal(last)) {
      last = entry.seq;
      onEntry(entry);
    }
  }
}
