import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import leveldown from 'leveldown';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import { countSyncs } from '../../support/count-syncs.ts';

interface Written {
  readonly operation: string;
  readonly sync: unknown;
}

type Write = (...args: unknown[]) => void;

/** Notes each write that reaches LevelDB itself, with whether it is to be synced. */
function spyOnLevel() {
  const prototype = leveldown.prototype as unknown as Record<'_put' | '_batch', Write>;
  const { _put, _batch } = prototype;
  const written: Written[] = [];
  const spied = (operation: string, original: Write): Write =>
    function spy(this: unknown, ...args: unknown[]) {
      // Options come last but one, before the callback.
      written.push({ operation, sync: (args.at(-2) as { sync?: unknown } | undefined)?.sync });
      original.apply(this, args);
    };
  prototype._put = spied('put', _put);
  prototype._batch = spied('batch', _batch);
  return { written, restore: () => Object.assign(prototype, { _put, _batch }) };
}

describe('what the store acknowledges is on the disk', () => {
  let directory: string;
  let store: EmbeddedStore;
  const call = (method: string, at: string, body?: object) =>
    fetch(`${store.url}/${at}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });

  beforeEach(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'cascade-synced-'));
    store = await startStore({ port: 0, directory });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('as each write of documents is handed to LevelDB to be synced', async () => {
    // Each database takes the functions of LevelDB when it is opened, so the spy must be there before.
    const spy = spyOnLevel();
    try {
      expect((await call('PUT', 'db')).status).to.equal(201);
      spy.written.length = 0;
      expect((await call('PUT', 'db/a', { n: 1 })).status).to.equal(201);
      expect((await call('POST', 'db/_bulk_docs', { docs: [{ _id: 'b' }, { _id: 'c' }] })).status).to.equal(201);
      expect((await call('PUT', 'db/_local/d', { n: 1 })).status).to.equal(201);
    } finally {
      spy.restore();
    }
    expect(spy.written.length).to.be.at.least(3);
    expect(spy.written.filter(({ sync }) => sync !== true)).to.deep.equal([]);
  });

  it('as the list of databases is a file that is synced, and its directory too', async () => {
    const syncs = await countSyncs();
    try {
      expect((await call('PUT', 'db')).status).to.equal(201);
      expect(syncs.count).to.be.at.least(2);
    } finally {
      syncs.restore();
    }
  });
});
