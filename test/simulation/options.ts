import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ERRORS_IN_ONE_LINE } from '../../src/core/visible.ts';
import { APPS } from './run-seed.ts';
import { FAULT_NAMES, type FaultName } from './world/faults.ts';
import { SCENARIO_NAMES, type ScenarioName } from './world/scenarios.ts';

/** The options of `npm run simulate`. */
export interface SimulateOptions {
  /** How many runs. */
  readonly seeds: number;
  /** The seed of the first run. The others have the next numbers. */
  readonly seed: number;
  /** How many virtual hours each run has. */
  readonly hours: number;
  readonly scenario: ScenarioName;
  readonly apps: number;
  /** Faults that do not happen. */
  readonly without: readonly FaultName[];
  /** The file for the trace, if there is only one run. */
  readonly trace?: string;
  readonly json: boolean;
}

/**
 * The options, or the code to exit with: 0 after `--help`, 2 after misuse. The help or the mistake is printed already.
 */
export type ReadOptions =
  | { readonly kind: 'options'; readonly options: SimulateOptions }
  | { readonly kind: 'exit'; readonly code: 0 | 2 };

const EXAMPLES = `
Examples:
  $ npm run simulate                            100 days, each with its own seed
  $ npm run simulate -- --seed 7 --trace t.jsonl  one day again, each effect as a line of JSON
  $ npm run simulate -- --scenario doubt --seeds 20

Exit codes: 0 nothing violated, 1 a violation, 2 misuse.`;

const FEWEST_APPS = 2;
const MOST_APPS = 100;
const LARGEST = 1_000_000_000;

function positive(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= LARGEST) return value;
  throw new InvalidArgumentError(`It has to be a whole number from 1 to ${LARGEST}.`);
}

const isFault = (name: string): name is FaultName => (FAULT_NAMES as readonly string[]).includes(name);

function faults(text: string): readonly FaultName[] {
  const names = text.split(',');
  if (names.every(isFault)) return names;
  throw new InvalidArgumentError(`Faults are: ${FAULT_NAMES.join(', ')}.`);
}

function appCount(text: string): number {
  const count = positive(text);
  if (count >= FEWEST_APPS && count <= MOST_APPS) return count;
  throw new InvalidArgumentError(`It has to be a whole number from ${FEWEST_APPS} to ${MOST_APPS}.`);
}

function newCommand(): Command {
  return new Command('npm run simulate --')
    .description(
      'Run the actions’ own code in a simulated world where everything goes wrong that may; look for violations.',
    )
    .option('--seeds <n>', 'how many runs, each with a seed of its own (default: 100, or 1 with --seed)', positive)
    .option('--seed <s>', 'the seed of the first run', positive)
    .option('--hours <h>', 'virtual hours of each run', positive, 24)
    .addOption(new Option('--scenario <name>', 'what kind of world').choices(SCENARIO_NAMES).default('mixed'))
    .option('--apps <n>', 'how many apps the chains have', appCount, APPS)
    .option('--without <faults>', 'faults that do not happen, with commas between them', faults, [])
    .option(
      '--trace <file>',
      'write each effect as a line of JSON: {at, actor, op, id, rev, before, after}; one run only',
    )
    .option('--json', 'the last line on stdout is {"seeds","hours","events","violations","ratio"}')
    .addHelpText('after', EXAMPLES)
    .configureOutput(ERRORS_IN_ONE_LINE)
    .showHelpAfterError('Run "npm run simulate -- --help" for the options.')
    .exitOverride();
}

/** Reads the command line of `npm run simulate`. It prints a mistake on stderr, in a line or two. */
export function readOptions(args: readonly string[]): ReadOptions {
  const command = newCommand();
  try {
    command.parse([...args], { from: 'user' });
    const given = command.opts<
      Partial<SimulateOptions> & Pick<SimulateOptions, 'hours' | 'scenario' | 'apps' | 'without'>
    >();
    const seeds = given.seeds ?? (given.seed === undefined ? 100 : 1);
    if (given.trace !== undefined && seeds !== 1) command.error('error: --trace is for one run: give it a --seed.');
    return { kind: 'options', options: { json: false, ...given, seeds, seed: given.seed ?? 1 } };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? 0 : 2 };
  }
}
