import type PouchDB from 'pouchdb-core';

/** The ids of a database's tombstones, which PouchDB does not count. */
export class DeletedIds {
  readonly #ids = new Set<string>();
  #seq = 0;
  #counting: Promise<unknown> = Promise.resolve();

  /** Reads what was written since it was last asked, and counts. */
  async count(pouch: PouchDB): Promise<number> {
    const counted = this.#counting.then(() => this.#readOn(pouch));
    this.#counting = counted.catch(() => {});
    await counted;
    return this.#ids.size;
  }

  /** A purged document is no tombstone any more, and no change tells it. */
  forget(id: string): void {
    this.#ids.delete(id);
  }

  async #readOn(pouch: PouchDB): Promise<void> {
    const { results, last_seq } = await pouch.changes({ since: this.#seq });
    for (const { id, deleted } of results) {
      if (deleted === true) this.#ids.add(id);
      else this.#ids.delete(id);
    }
    this.#seq = Math.max(this.#seq, last_seq);
  }
}
