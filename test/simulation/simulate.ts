import type { SimulateOptions } from './options.ts';
import { neverSeen, tableOf } from './report.ts';
import { type Planted, type Run, runSeed } from './run-seed.ts';
import type { RunResult } from './run-world.ts';
import { shrink } from './shrink.ts';
import { spread } from './spread.ts';
import { addCounters, type Counters, NO_COUNTERS } from './world/counters.ts';
import type { TraceLine } from './world/trace.ts';

export interface SimulatePorts {
  /** Writes a line to stdout. */
  readonly write: (line: string) => void;
  /** Writes a line to the trace's file. */
  readonly writeTrace: (line: TraceLine) => void;
  /** A stopwatch in milliseconds. */
  readonly stopwatch: () => number;
  /** A mistake that the simulation must find, in a run of one seed. */
  readonly planted?: Planted;
}

/** So many runs must see every fault. Fewer runs may miss a rare one. */
const RUNS_THAT_SEE_ALL = 300;
const HOUR_MS = 3_600_000;

/** The last line of the output with `--json`. */
interface Summary {
  readonly seeds: number;
  readonly hours: number;
  readonly events: number;
  readonly violations: number;
  /** How many virtual hours it ran for each real hour. */
  readonly ratio: number;
}

/**
 * Runs the seeds, and shows how often each fault occurred. It shows each violation with its seed, and with the smallest
 * run that was found to show it.
 *
 * @returns the exit code: 0 if nothing was violated. 1 after a violation, or if so many runs never met something that
 *   they must meet.
 */
export async function simulate(options: SimulateOptions, ports: SimulatePorts): Promise<0 | 1> {
  const { seed, seeds, hours, apps, scenario, without, json, trace } = options;
  const startedAt = ports.stopwatch();
  const runs = Array.from({ length: seeds }, (_, index): Run => {
    return { seed: seed + index, hours, apps, scenario, without };
  });
  const results = trace === undefined && seeds > 1 ? await inProcesses(runs) : await oneByOne(runs, ports);
  const tookMs = ports.stopwatch() - startedAt;
  const violated = results.filter(({ result }) => result.violation !== undefined);
  const counters = results.reduce<Counters>((sum, { result }) => addCounters(sum, result.counters), NO_COUNTERS);
  ports.write(tableOf(counters));
  for (const { run, result } of results.slice(0, 3)) ports.write(`Seed ${run.seed}: trace hash ${result.hash}`);
  const [first] = violated;
  for (const each of violated.slice(1, 10)) ports.write(headline(each));
  if (first !== undefined) await explain(first, ports);
  const never = scenario === 'mixed' && seeds >= RUNS_THAT_SEE_ALL ? neverSeen(counters) : [];
  if (never.length > 0) ports.write(`\nNever seen: ${never.join(', ')}`);
  const events = results.reduce((sum, { result }) => sum + result.events, 0);
  const ratio = Math.round((seeds * hours * HOUR_MS) / tookMs);
  const summary: Summary = { seeds, hours: seeds * hours, events, violations: violated.length, ratio };
  ports.write(json ? JSON.stringify(summary) : textOf(summary));
  return violated.length + never.length === 0 ? 0 : 1;
}

interface Ran {
  readonly run: Run;
  readonly result: RunResult;
}

async function inProcesses(runs: readonly Run[]): Promise<readonly Ran[]> {
  const results: Ran[] = [];
  await spread(runs, (run, result) => {
    results.push({ run, result });
    return false;
  });
  return results.sort((a, b) => a.run.seed - b.run.seed);
}

async function oneByOne(runs: readonly Run[], { writeTrace, planted }: SimulatePorts): Promise<readonly Ran[]> {
  const results: Ran[] = [];
  for (const run of runs) results.push({ run, result: await runSeed(run, writeTrace, planted) });
  return results;
}

const headline = ({ run, result }: Ran): string =>
  `\nVIOLATION seed ${run.seed} (${run.scenario}), ${result.violation?.kind} at ${result.violation?.at}:\n${result.violation?.message}`;

async function explain(found: Ran, { write, planted }: SimulatePorts): Promise<void> {
  write(headline(found));
  const shrunk = await shrink(found, (run) => runSeed(run, undefined, planted));
  const { run, result } = shrunk;
  const lines: TraceLine[] = [];
  await runSeed(run, (line) => lines.push(line), planted);
  write(`\nThe smallest run found (${shrunk.tries} tried):\n  ${commandOf(run)}`);
  write(`${result.violation?.kind}: ${result.violation?.message}`);
  for (const line of about(lines, result.violation?.message ?? '')) write(line);
}

const commandOf = ({ seed, hours, apps, scenario, without }: Run): string =>
  [
    `npm run simulate -- --seed ${seed} --hours ${hours} --apps ${apps} --scenario ${scenario}`,
    ...(without.length === 0 ? [] : [`--without ${without.join(',')}`]),
  ].join(' ');

const MOST_LINES = 60;

/**
 * The lines of a trace that contain a name from a violation's message, shortened. If there are many, only the last
 * ones.
 */
function about(lines: readonly TraceLine[], message: string): readonly string[] {
  const named = message.match(/[a-z]+:[^ ,()]+|[0-9a-f]{16,32}|6500[0-9a-z]+/g) ?? [];
  const isAbout = (text: string): boolean => named.some((name) => text.includes(name));
  const told = lines
    .filter(({ op }) => !op.startsWith('log.') && op !== 'store.put')
    .map((line) => JSON.stringify(line))
    .filter(isAbout);
  return told.slice(-MOST_LINES).map((line) => line.slice(0, 600));
}

const textOf = ({ seeds, hours, events, violations, ratio }: Summary): string =>
  `\n${seeds} ${seeds === 1 ? 'run' : 'runs'}, ${hours} virtual hours (${ratio} times faster than real ones), ${events} events, ${violations} violations.`;
