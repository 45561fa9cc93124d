import type { NewDocument } from '../clients/couchdb/couchdb-port.ts';
import { definedFields } from '../core/defined-fields.ts';
import { type Leases, NOTICE_PATIENCE, type Notice, noticesDueAt } from '../core/desk/notice.ts';
import { addMs, type EpochMs } from '../core/units.ts';

/** A document that may owe people notices (messages): of an app, of an alert, or of a question. */
interface MayOwe {
  readonly _id: string;
  /** Absent for a new document. */
  readonly _rev?: string | undefined;
  readonly notices?: readonly Notice[] | undefined;
  readonly leases?: Leases | undefined;
  /** Since when no notifier has chosen the channels. Then there are no notices yet. */
  readonly unroutedSince?: EpochMs | undefined;
  readonly dueAt?: EpochMs | undefined;
}

/**
 * The document to write for one that may owe notices, with its `dueAt` worked out anew: from then on the sweep (it runs
 * every 5 minutes) has the notices sent. If no notifier has chosen the channels yet, it is due 30 s after
 * `unroutedSince`. Otherwise it is due when its first notice may be sent, if it has one. Undefined fields are left out.
 */
export function owingDocument<T extends MayOwe>({ _id, dueAt: _, ...fields }: T): NewDocument {
  const { notices = [], leases, unroutedSince } = fields;
  const dueAt = unroutedSince === undefined ? noticesDueAt(notices, leases) : addMs(unroutedSince, NOTICE_PATIENCE);
  return { _id, ...definedFields({ ...fields, dueAt }) };
}
