import type { NewDocument } from '../../clients/couchdb/couchdb-port.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { statId } from '../../core/document-ids.ts';
import { BOUNDS_MS } from '../../core/metrics/histogram.ts';
import { ACTIVATION_STATUSES, type Stat } from '../../core/metrics/stat.ts';
import { type Check, isCountFrom, isInstant, isObjectWith, isRecordOf, isText, readerOf } from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';

/**
 * `stat:<action>`: how often one of Cascade's actions or sequences of OpenWhisk has run, how its runs ended and how
 * long they took. The action `meter` counts them here, and the action `metrics` gives the counts to Prometheus.
 * OpenWhisk itself has no such counts, only a record of each activation (one run). A rev is CouchDB's name of a
 * document's version.
 *
 * Invariant: each activation is counted once. Counts, `upTo` and `counted` change in one write by rev.
 */
export interface StatDocument extends Stat, StoredAs<'stat'> {
  readonly action: string;
}

const isCount = isCountFrom(0);
const isHistogram = (bounds: readonly number[]): Check => {
  const hasEveryCount: Check = (value) =>
    Array.isArray(value) && value.length === bounds.length + 1 && value.every(isCount);
  // A sum of milliseconds is limited like an instant: a number from 0 on.
  return isObjectWith({ counts: hasEveryCount, sumMs: isInstant });
};

/** Reads the counts of an action. @throws CascadeError LEDGER_MALFORMED. */
export const readStat = readerOf<StatDocument>(
  'stat',
  {
    action: isText,
    invocations: isObjectWith(Object.fromEntries(ACTIVATION_STATUSES.map((status) => [status, isCount]))),
    duration: isHistogram(BOUNDS_MS.duration),
    init: isHistogram(BOUNDS_MS.init),
    upTo: isInstant,
    counted: isRecordOf(isInstant),
  },
  ({ _id, action }) => _id === statId(action),
);

/**
 * The document with the counts of an action.
 *
 * @param _rev - the version that it replaces; undefined for an action without a document.
 */
export function statDocument(action: string, stat: Stat, _rev: string | undefined): NewDocument {
  const { invocations, duration, init, upTo, counted } = stat;
  const head = { _id: statId(action), ...definedFields({ _rev }), schema: 1, type: 'stat', action };
  return { ...head, invocations, duration, init, upTo, counted };
}
