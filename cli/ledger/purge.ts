import { setTimeout as pause } from 'node:timers/promises';
import { purgeLedger } from '../../src/ledger/retention/purge-ledger.ts';
import { counted } from '../terminal.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { retentionText } from './retention-text.ts';

/**
 * After this many steps a line is printed, so that a person sees that the purge goes on. A step removes up to 10
 * documents.
 */
const STEPS_PER_LINE = 100;

/**
 * `cascade ledger purge`: removes documents from the ledger (Cascade's memory in CouchDB) with which nothing was left
 * to do for long enough. Without purges the ledger grows without end. The report is `ok` even if nothing was removed.
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
