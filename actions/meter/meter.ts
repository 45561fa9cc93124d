import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { ActivationsPort } from '../../src/clients/openwhisk/activations-port.ts';
import { statId } from '../../src/core/document-ids.ts';
import { countActivations, freshStat, type Stat } from '../../src/core/metrics/stat.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import { readOrLog, refusedError } from '../../src/ledger/bad-document.ts';
import { readStat, statDocument } from '../../src/ledger/documents/stat.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { activationsByAction } from './activations-by-action.ts';
import { METERED } from './metered.ts';

export interface MeterPorts {
  readonly store: Pick<CouchPort, 'many' | 'bulk'>;
  readonly activations: ActivationsPort;
  /** `namespace/package/`: activations of other packages are not counted. */
  readonly packagePath: string;
  readonly now: () => EpochMs;
  /** When OpenWhisk ends this activation. */
  readonly deadline: EpochMs;
  readonly log: LedgerLog;
}

/** What a run of the meter did. */
export interface Metered {
  /** How many activations are counted now and were not before. */
  readonly counted: number;
  /** False if a later run has to go on: the time was over, or another meter runs. */
  readonly isUpToDate: boolean;
}

/**
 * An activation is listed when it has ended, at the place of its start. The longest sequence, `sweep`, may take 255 s, and
 * a host may need minutes to store a record. So this long back, the list is read again.
 */
export const OVERLAP: DurationMs = minutes(10);
/** The longest piece of time that is counted in one write. */
const LONGEST_WINDOW: DurationMs = minutes(15);
/** No window is begun later than this before the end: it needs its pages and two calls to the store. */
const RESERVE: DurationMs = minutes(0.5);

interface Known {
  readonly action: string;
  readonly rev: string | undefined;
  readonly stat: Stat;
}

/**
 * Counts the activations since the last run in the `stat:` documents. It goes forward in windows of time. After each window
 * it writes counts and progress of each action in one document by its rev. So an activation is counted once, wherever a run
 * ends, and if two runs meet, one of them stops at the conflict.
 *
 * The first run counts the last ten minutes. A malformed document is left alone.
 *
 * @throws CascadeError OPENWHISK_UNREACHABLE, OPENWHISK_REFUSED, STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED.
 */
export async function meter(ports: MeterPorts): Promise<Metered> {
  const { activations, packagePath, store, now, deadline, log } = ports;
  const startedAt = now();
  const settledUpTo = addMs(startedAt, -OVERLAP as DurationMs);
  const latest = addMs(startedAt, 1 as DurationMs);
  let known = await readKnown(ports, settledUpTo);
  let counted = 0;
  let windowMs: number = LONGEST_WINDOW;
  for (let from = leastUpTo(known); known.length > 0 && from < latest; ) {
    if (now() + RESERVE >= deadline) return { counted, isUpToDate: false };
    const until = Math.min(from + windowMs, latest) as EpochMs;
    const found = await activationsByAction(activations, packagePath, { from, until });
    if (found === 'too-many') {
      windowMs = Math.max(1, Math.floor((until - from) / 2));
      continue;
    }
    const next = known.map(({ action, rev, stat }) => {
      const upTo = Math.min(until, settledUpTo) as EpochMs;
      return { action, rev, stat: countActivations(stat, found.get(action) ?? [], upTo) };
    });
    const written = await store.bulk(next.map(({ action, rev, stat }) => statDocument(action, stat, rev)));
    const stored: Known[] = [];
    for (const [index, each] of next.entries()) {
      const outcome = written[index];
      if (outcome?.kind === 'refused') throw refusedError(statId(each.action), outcome);
      if (outcome?.kind !== 'stored') continue;
      counted += total(each.stat) - total(known[index]?.stat);
      stored.push({ ...each, rev: outcome.rev });
    }
    if (stored.length < next.length) {
      log.info('Another meter is at work: it or the next run goes on');
      return { counted, isUpToDate: false };
    }
    known = stored;
    from = until;
  }
  return { counted, isUpToDate: true };
}

async function readKnown({ store, log }: MeterPorts, fresh: EpochMs): Promise<readonly Known[]> {
  const found = await store.many(METERED.map(statId));
  return METERED.flatMap((action, index): readonly Known[] => {
    const document = found[index];
    if (document === undefined) return [{ action, rev: undefined, stat: freshStat(fresh) }];
    const stat = readOrLog(document, readStat, log);
    return stat === undefined ? [] : [{ action, rev: stat._rev, stat }];
  });
}

const leastUpTo = (known: readonly Known[]): EpochMs => Math.min(...known.map(({ stat }) => stat.upTo)) as EpochMs;

const total = (stat: Stat | undefined): number =>
  Object.values(stat?.invocations ?? {}).reduce((sum, count) => sum + count, 0);
