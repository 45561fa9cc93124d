/*
 * The action `meter` counts for the metrics how often each action ran, and how long. OpenWhisk keeps a list of
 * activations (the single runs of actions) only for a while. So every 5 minutes the meter reads the new ones, and adds
 * them up in the ledger (Cascade's memory), in one document for each action: `stat:<action>`.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { ActivationsPort } from '../../src/clients/openwhisk/activations-port.ts';
import { statId } from '../../src/core/document-ids.ts';
import { countActivations, freshStat, type Stat } from '../../src/core/metrics/stat.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import { readOrLog, refusedError } from '../../src/ledger/bad-document.ts';
import { readStat, statDocument } from '../../src/ledger/documents/stat.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { activationsByAction } from './activations-by-action.ts';
import { METERED, METERED_IF_RUN } from './metered.ts';

/** What the meter needs from the world. */
export interface MeterPorts {
  readonly store: Pick<CouchPort, 'many' | 'bulk'>;
  readonly activations: ActivationsPort;
  /** `namespace/package/` of Cascade's package. Beside it, only the package `questions` of the namespace is counted. */
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
 * OpenWhisk lists an activation only after it has ended, but sorts the list by the starts. So an activation may appear
 * late in a part of the list that the meter has read already. The longest sequence, `sweep`, may take 255 s, and a host
 * may need minutes to store a record. So each run of the meter reads again what the run before had as its last ten
 * minutes.
 */
export const OVERLAP: DurationMs = minutes(10);
/** The longest piece of time that is counted in one write: three times the 5 minutes between two runs of the meter. */
const LONGEST_WINDOW: DurationMs = minutes(15);
/**
 * If less time than this is left, no further window is begun. A window needs several calls to OpenWhisk and the store.
 */
const RESERVE: DurationMs = minutes(0.5);

/** What was counted of one action so far. */
interface Known {
  readonly action: string;
  readonly rev: string | undefined;
  readonly stat: Stat;
}

/**
 * Counts the activations since the last run of the meter. It goes forward in windows of time. After each window it
 * writes for each action the counts and how far it has counted, in one document. So an activation is counted once, even
 * if this run ends early. If two runs of the meter write the same document, one of them meets a conflict and stops.
 *
 * The first run counts the last ten minutes. An action whose document is malformed is not counted. An action of the
 * package `questions` gets its document when the first run of it is counted.
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
      windowMs = Math.floor((until - from) / 2);
      continue;
    }
    // Activations in the last ten minutes are counted now, but the next run reads that part of the list again.
    const upTo = Math.min(until, settledUpTo) as EpochMs;
    const next = known.map(({ action, rev, stat }) => {
      return { action, rev, stat: countActivations(stat, found.get(action) ?? [], upTo) };
    });
    const written = next.filter(hasDocument);
    const stored = await writeStats(written, store);
    counted += sumOf(stored) - sumOf(known.filter(({ action }) => stored.some((each) => each.action === action)));
    if (stored.length < written.length) {
      log.info('Another meter is at work: it or the next run goes on');
      return { counted, isUpToDate: false };
    }
    known = [...stored, ...next.filter((each) => !hasDocument(each))];
    from = until;
  }
  return { counted, isUpToDate: true };
}

/** Whether an action has a document, or is to get one. */
const hasDocument = (known: Known): boolean =>
  known.rev !== undefined || METERED.includes(known.action) || sumOf([known]) > 0;

/** Writes what was counted. Returns the documents that were stored: all but those that another meter wrote first. */
async function writeStats(next: readonly Known[], store: MeterPorts['store']): Promise<readonly Known[]> {
  const written = await store.bulk(next.map(({ action, rev, stat }) => statDocument(action, stat, rev)));
  return next.flatMap((each, index): readonly Known[] => {
    const outcome = written[index];
    if (outcome?.kind === 'refused') throw refusedError(statId(each.action), outcome);
    return outcome?.kind === 'stored' ? [{ ...each, rev: outcome.rev }] : [];
  });
}

/**
 * Reads what was counted so far.
 *
 * @param firstFrom - from when on to count an action that has no document yet.
 */
async function readKnown({ store, log }: MeterPorts, firstFrom: EpochMs): Promise<readonly Known[]> {
  const actions = [...METERED, ...METERED_IF_RUN];
  const found = await store.many(actions.map(statId));
  const known = actions.flatMap((action, index): readonly Known[] => {
    const document = found[index];
    if (document === undefined) return [{ action, rev: undefined, stat: freshStat(firstFrom) }];
    const stat = readOrLog(document, readStat, log);
    return stat === undefined ? [] : [{ action, rev: stat._rev, stat }];
  });
  // Until the others' `upTo`, an action without a document has not run: else it would have one.
  const from = leastUpTo(known);
  return known.map((each) => (hasDocument(each) ? each : { ...each, stat: freshStat(from) }));
}

const leastUpTo = (known: readonly Known[]): EpochMs => Math.min(...known.map(({ stat }) => stat.upTo)) as EpochMs;

const sumOf = (known: readonly Known[]): number =>
  known.flatMap(({ stat }) => Object.values(stat.invocations)).reduce((sum, count) => sum + count, 0);
