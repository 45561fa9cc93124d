import { InvalidArgumentError } from 'commander';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { PROBLEMS_SHOWN_FOR } from '../../src/core/runs/open-problems.ts';
import type { Since } from '../../src/core/runs/since.ts';
import { withDeployedNames } from '../ledger/deployed-names.ts';
import { LEDGER_OPTIONS, type LedgerOptions, onLedger } from '../ledger/ledger-command.ts';
import { listRuns } from '../ledger/list-runs.ts';
import { showProblems } from '../ledger/show-problems.ts';
import { showRun } from '../ledger/show-run.ts';
import type { CliCommand } from '../terminal.ts';
import { sinceOf } from './since-of.ts';

interface RunsOptions extends LedgerOptions {
  readonly limit: number;
  readonly since?: Since;
  readonly problems?: boolean;
}

/** As many runs as fit on a screen. */
const DEFAULT_LIMIT = 20;
/** At 5 documents for a run these are 50,000, about the most that the command reads by one index (`readRecentRuns`). */
const MOST_RUNS = 10_000;

/**
 * `cascade runs [run]`: shows what happened, from the ledger (Cascade's memory in CouchDB). A run is a first reload and
 * all reloads that follow from it. With `--problems` the command lists what a person should look at.
 */
export const runsCommand: CliCommand = {
  name: 'runs',
  description: 'what happened, from the ledger: all runs, one run as a tree, or problems',
  argument: ['[run]', 'the id of a reload, event or order of the run to show'],
  options: [
    {
      flags: '--limit <count>',
      description: `how many runs, 1 to ${MOST_RUNS}`,
      parse: limitOf,
      fallback: DEFAULT_LIMIT,
    },
    {
      flags: '--since <time>',
      description:
        'nothing older than this: 90s, 30m, 24h, 7d, or a date in UTC, 2026-11-27 or 2026-11-27T22:00, or with its zone, 2026-11-27T22:00+01:00 (default: with --problems 7d, else no limit)',
      parse: sinceOf,
    },
    {
      flags: '--problems',
      description:
        'apps that are failing, runs with a failed reload of the last day, alerts, given-up orders, dead letters, documents that cannot be read or that nothing works on, and whether the ledger takes writes (writes one small document)',
    },
    ...LEDGER_OPTIONS,
  ],
  examples: `  $ cascade runs                       the last ${DEFAULT_LIMIT} runs, newest first
  $ cascade runs --since 24h           the runs in which something happened in the last day
  $ cascade runs --since 2026-11-27    since that day began, in UTC like all times here
  $ cascade runs 6749c1f2a0b3d4e5f6a7b8c9   one run as a tree, by the id of any reload, event or order in it;
                                       exit code 1 if one of its reloads failed or was given up
  $ cascade runs --problems            what a person should look at; exit code 1 if there is anything`,
  async run(run: string | undefined, options: RunsOptions, terminal) {
    const { limit, since, problems } = options;
    if (run !== undefined && problems === true) {
      throw new CascadeError('PARAMETERS_INVALID', 'Give a run or --problems, not both: --problems is about all runs.');
    }
    return await onLedger(options, terminal, 'reads', async (found) => {
      const context = await withDeployedNames(found);
      if (problems === true) return showProblems(context, since ?? PROBLEMS_SHOWN_FOR);
      if (run !== undefined) return showRun(context, run);
      return listRuns(context, { limit, since });
    });
  },
};

function limitOf(text: string): number {
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_RUNS) return limit;
  throw new InvalidArgumentError(`It has to be 1 to ${MOST_RUNS}.`);
}
