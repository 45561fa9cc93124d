/*
 * A ticket is one streak of failures of an app, for people to look after. An act is one thing that a person did to a
 * ticket or another problem, such as a note. `cascade ticket` and `cascade dismiss` add acts to the ledger (Cascade's
 * memory in CouchDB) by this file.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { definedFields } from '../../src/core/defined-fields.ts';
import { MAX_ACT_BYTES, type NewAct } from '../../src/core/tickets/act.ts';
import { actId } from '../../src/core/tickets/act-id.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';

/** What an act needs beside itself. */
export interface ActTools {
  /** With the login of `by`, because CouchDB checks who writes an act. */
  readonly store: Pick<CouchPort, 'put'>;
  /** The name of the person who acts. */
  readonly by: string;
  /** The time of the first act. It should be later than the acts that the person has seen (`nextActAt`). */
  readonly at: EpochMs;
  /** 6 random characters of 0-9 and a-z. */
  readonly random: () => string;
}

/**
 * Adds acts to a subject (a ticket, an order or an alert), one after the other. Each has a time one millisecond after
 * the one before, because a later act counts after an earlier one.
 *
 * @throws CascadeError PARAMETERS_INVALID if an act is larger than 4,096 bytes, and then none is added; STORE_REFUSED
 *   if CouchDB refuses an act, or if another act has the same id; STORE_UNAVAILABLE without a clear answer, and then
 *   the act may be stored or not. If a later act fails, the acts before it stay stored.
 */
export async function addActs(subject: string, acts: readonly NewAct[], tools: ActTools): Promise<void> {
  const documents = acts.map((act, index) => {
    const at = addMs(tools.at, index as DurationMs);
    const _id = actId({ subject, at }, tools.random());
    return definedFields({ _id, schema: 1, type: 'act', by: tools.by, at, ...act });
  });
  for (const document of documents) {
    const bytes = Buffer.byteLength(JSON.stringify(document));
    if (bytes <= MAX_ACT_BYTES) continue;
    throw new CascadeError(
      'PARAMETERS_INVALID',
      `An act has at most ${MAX_ACT_BYTES} bytes, and this one (${document.kind}) has ${bytes}: say it shorter. Nothing was added.`,
    );
  }
  for (const document of documents) await add(document, tools);
}

async function add(document: Parameters<CouchPort['put']>[0], { store, by }: ActTools): Promise<void> {
  const written = await store.put(document).catch((error: unknown) => {
    if (!(error instanceof CascadeError) || error.code !== 'STORE_REFUSED') throw error;
    // The advice of the port is about COUCHDB_URL. Here the person's own login is at fault.
    throw refused(
      `CouchDB does not let ${by} in: are the name and the password right? cascade user add makes accounts.`,
      error.message,
    );
  });
  if (written.kind === 'stored') return;
  if (written.kind === 'refused') throw refused(`${by} may not add acts here.`, written.message);
  throw refused('Another act has the same id: try again.', '');
}

/** Keeps only the first sentence of `message`: the others are advice about COUCHDB_URL. */
const refused = (problem: string, message: string): CascadeError =>
  new CascadeError('STORE_REFUSED', `${problem} ${message.replace(/\. .*$/s, '.')}`.trim());
