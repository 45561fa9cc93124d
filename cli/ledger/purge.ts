import { setTimeout as pause } from 'node:timers/promises';
import { purgeLedger } from '../../src/ledger/retention/purge-ledger.ts';
import { counted } from '../terminal.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { retentionText } from './retention-text.ts';

/** One line of progress is printed for this many steps: a person sees that the purge goes on. */
const STEPS_PER_LINE = 100;

/**
 * `cascade ledger purge`: removes documents that have been final for long enough. The report is `ok` even if there are
 * none.
 *
 * @throws CascadeError as `purgeLedger`.
 */
export async function purge(context: LedgerContext): Promise<LedgerReport> {
  const { admin, warn } = context;
  let steps = 0;
  const { removed, stayed, retention } = await purgeLedger({
    ...admin,
    retention: context.retention,
    stopwatch: () => performance.now(),
    sleep: (durationMs) => pause(durationMs),
    onStep(done, all) {
      steps += 1;
      if (steps % STEPS_PER_LINE === 0) warn(`${done} of ${counted(all, 'document')}`);
    },
  });
  const left = stayed === 0 ? '' : `; ${counted(stayed, 'document')} changed meanwhile, or in conflict, stayed`;
  return {
    ok: true,
    json: { removed, stayed },
    lines: [`Purged: ${counted(removed, 'document')} ${retentionText(retention)}${left}`],
  };
}
