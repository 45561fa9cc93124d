/*
 * `cascade ledger` shows what is in the ledger (Cascade's memory in CouchDB), and how much the next purge removes. A
 * purge removes old documents. So an administrator sees how large the ledger is, and whether anybody purges it.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { LedgerType } from '../../src/ledger/ledger-document.ts';
import { readDeployedOf } from '../../src/ledger/retention/deployed-chains.ts';
import { longerRetention } from '../../src/ledger/retention/deployed-retention.ts';
import { lastPurge } from '../../src/ledger/retention/last-purge.ts';
import { eachLedgerDocument, FootprintReader } from '../../src/ledger/retention/read-footprints.ts';
import { counted } from '../terminal.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { retentionText } from './retention-text.ts';

/** What the ledger holds of one type of document. */
interface TypeCount {
  count: number;
  /** The size of the documents as JSON. */
  bytes: number;
  /** When the oldest one was created; undefined if documents of this type do not say when. */
  oldest: EpochMs | undefined;
  /** How many the next purge removes. */
  removable: number;
}

/** The fields that may say when a document was created. The first one that is there counts. */
const CREATED = ['storedAt', 'createdAt', 'at'];

/**
 * `cascade ledger`: makes a table of the documents by type, with what the next purge removes. It reads the whole
 * ledger.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function describeLedger({ store, now, ...context }: LedgerContext): Promise<LedgerReport> {
  const retention = await longerRetention(store, context.retention);
  const counts = new Map<LedgerType, TypeCount>();
  const footprints = new FootprintReader();
  await eachLedgerDocument(store, (source, read, type) => {
    footprints.add(source, read);
    counts.set(type, withOne(counts.get(type), source));
  });
  const types = new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  const deployed = await readDeployedOf(store);
  const removable = footprints.plan({ now: now(), retention, deployed }).flat();
  for (const { _id } of removable) {
    const count = types.get(_id.slice(0, _id.indexOf(':')) as LedgerType);
    if (count !== undefined) count.removable += 1;
  }
  const last = await lastPurge(store);
  const purged = last === undefined ? 'Never purged' : `Last purge: ${instantText(last)}`;
  const next = `the next purge removes ${counted(removable.length, 'document')} ${retentionText(retention)}`;
  return {
    ok: true,
    isEmpty: types.size === 0,
    json: {
      types: Object.fromEntries([...types].map(([type, count]) => [type, jsonOf(count)])),
      lastPurge: last && new Date(last).toISOString(),
      removable: removable.length,
    },
    lines: [...tableOf(types), `${purged}; ${next}.`],
  };
}

function withOne(known: TypeCount | undefined, source: StoredDocument): TypeCount {
  const { count, bytes, oldest, removable } = known ?? { count: 0, bytes: 0, oldest: undefined, removable: 0 };
  const created = CREATED.map((field) => source[field]).find((value) => typeof value === 'number');
  const earliest = Math.min(oldest ?? Number.POSITIVE_INFINITY, created ?? Number.POSITIVE_INFINITY);
  return {
    count: count + 1,
    bytes: bytes + Buffer.byteLength(JSON.stringify(source)),
    oldest: Number.isFinite(earliest) ? (earliest as EpochMs) : undefined,
    removable,
  };
}

const jsonOf = ({ oldest, ...count }: TypeCount): object => ({
  ...count,
  ...(oldest !== undefined && { oldest: new Date(oldest).toISOString() }),
});

function tableOf(types: ReadonlyMap<LedgerType, TypeCount>): readonly string[] {
  const rows = [...types].map(([type, { count, bytes, oldest, removable }]) => [
    type,
    String(count),
    `${(bytes / 1_000).toFixed(1)} kB`,
    oldest === undefined ? '-' : instantText(oldest),
    String(removable),
  ]);
  const all = [['type', 'documents', 'size', 'oldest', 'may go'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => padded(cell, column, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A cell of the table: names and times are aligned to the left, numbers to the right. */
const padded = (cell: string, column: number, width: number): string =>
  column === 0 || column === 3 ? cell.padEnd(width) : cell.padStart(width);
