import { randomBytes } from 'node:crypto';
import type PouchDB from 'pouchdb-core';
import { openPouch } from '../../../../local/store/level/open-pouch.ts';
import type { CallOptions, CouchInTest } from './couch-in-test.ts';

/** What one run of a replication did. */
export interface Replicated {
  readonly read: number;
  readonly written: number;
  readonly failures: number;
}

interface Change {
  readonly id: string;
  readonly changes: readonly { readonly rev: string }[];
}

/**
 * A PouchDB in memory that replicates with a server's database by CouchDB's protocol: checkpoint, changes, diff, get,
 * write, checkpoint.
 */
export class Peer {
  readonly pouch: PouchDB;
  readonly #close: () => Promise<void>;

  static async open(): Promise<Peer> {
    const { pouch, close } = await openPouch(randomBytes(8).toString('hex'), true);
    return new Peer(pouch, close);
  }

  private constructor(pouch: PouchDB, close: () => Promise<void>) {
    this.pouch = pouch;
    this.#close = close;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Reads what is new on the server since the checkpoint. The server keeps the checkpoint. */
  async pull(couch: CouchInTest, db: string, selector?: object, options: CallOptions = {}): Promise<Replicated> {
    const checkpoint = `${db}/_local/pull-${selector === undefined ? 'all' : 'some'}`;
    const known = await couch.get(checkpoint, options);
    const query = `style=all_docs&since=${encodeURIComponent(known.body.seq ?? 0)}`;
    const { body } =
      selector === undefined
        ? await couch.get(`${db}/_changes?${query}`, options)
        : await couch.post(`${db}/_changes?${query}&filter=_selector`, { selector }, options);
    const missing = (await this.pouch.revsDiff(revsOf(body.results))) as Record<string, { missing: string[] }>;
    const wanted = Object.entries(missing).flatMap(([id, { missing: revs }]) => revs.map((rev) => ({ id, rev })));
    const got = await couch.post(`${db}/_bulk_get?revs=true&attachments=true`, { docs: wanted }, options);
    const docs = got.body.results.flatMap((result: { docs: { ok: object }[] }) => result.docs.map(({ ok }) => ok));
    const failures = await this.pouch.bulkDocs(docs, { new_edits: false });
    const rev = known.status === 200 ? { _rev: known.body._rev } : {};
    if (body.results.length > 0) await couch.put(checkpoint, { ...rev, seq: body.last_seq }, options);
    return { read: docs.length, written: docs.length - failures.length, failures: failures.length };
  }

  /** Writes to the server what it lacks. */
  async push(couch: CouchInTest, db: string, options: CallOptions = {}): Promise<Replicated> {
    const { results } = await this.pouch.changes({ since: 0, style: 'all_docs' });
    const { body: missing } = await couch.post(`${db}/_revs_diff`, revsOf(results), options);
    const asked = Object.entries(missing as Record<string, { missing: string[] }>);
    const docs = await Promise.all(
      asked.flatMap(([id, { missing: revs }]) =>
        revs.map((rev) => this.pouch.get(id, { rev, revs: true, attachments: true })),
      ),
    );
    const { status, body } = await couch.post(`${db}/_bulk_docs`, { docs, new_edits: false }, options);
    const failures = status === 201 ? body.length : docs.length;
    return { read: docs.length, written: docs.length - failures, failures };
  }
}

const revsOf = (changes: readonly Change[]): Record<string, string[]> =>
  Object.fromEntries(changes.map(({ id, changes: revs }) => [id, revs.map(({ rev }) => rev)]));
