import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import leveldown from 'leveldown';
import { startStore } from '../../../local/store/start-store.ts';
import { CouchInTest } from '../../contract/couchdb/support/couch-in-test.ts';

type Iterate = {
  iterator(options: object): { next(found: (error: unknown, key?: string, value?: string) => void): void };
};

/** All that a LevelDB has, a line for each record. */
async function recordsIn(location: string): Promise<readonly string[]> {
  const level = leveldown(location);
  await promisify(level.open.bind(level, { createIfMissing: false }))();
  const iterator = (level as unknown as Iterate).iterator({ keyAsBuffer: false, valueAsBuffer: false });
  const next = () =>
    new Promise<string | undefined>((resolve, reject) => {
      iterator.next((error, key, value) => (error ? reject(error) : resolve(key && `${key} ${value}`)));
    });
  const records: string[] = [];
  for (let record = await next(); record !== undefined; record = await next()) records.push(record);
  await promisify(level.close.bind(level))();
  return records;
}

describe('a purge in the store’s files', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'cascade-purged-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('leaves no record of a purged document, also not in the indexes, and all of the others', async () => {
    const store = await startStore({ port: 0, directory });
    const couch = new CouchInTest(store);
    await couch.put('/db');
    for (const field of ['dueAt', 'endedAt']) {
      await couch.post('/db/_index', { index: { fields: [field] }, ddoc: field, name: field });
    }
    const find = (field: string) => couch.post('/db/_find', { selector: { [field]: { $gte: 0 } } });
    let gone = await couch.write('/db', 'gone-1', { dueAt: 1, endedAt: 1 });
    await find('dueAt');
    gone = await couch.write('/db', 'gone-1', { _rev: gone, dueAt: 2, endedAt: 1 });
    const unindexed = await couch.write('/db', 'gone-2');
    await couch.write('/db', 'kept', { dueAt: 3, endedAt: 3 });
    await find('endedAt');
    const { body } = await couch.post('/db/_purge', { 'gone-1': [gone], 'gone-2': [unindexed] });
    expect(body.purged).to.deep.equal({ 'gone-1': [gone], 'gone-2': [unindexed] });
    await store.close();
    const databases = path.join(directory, 'databases');
    const folders = readdirSync(databases).flatMap((folder) =>
      readdirSync(path.join(databases, folder)).map((each) => path.join(databases, folder, each)),
    );
    expect(folders.filter((folder) => folder.includes('-mrview-'))).to.have.length(2);
    const records = (await Promise.all(folders.map(recordsIn))).flat();
    expect(records.filter((record) => record.includes('gone-'))).to.deep.equal([]);
    // In the database its record and its body; in each index the record of its row, the row, and which rows it has.
    expect(records.filter((record) => record.includes('kept'))).to.have.length(2 + 2 * 3);
  });

  it('takes an attachment away, unless another document has the same one', async () => {
    const store = await startStore({ port: 0, directory });
    try {
      const couch = new CouchInTest(store);
      await couch.put('/attached');
      const attached = (text: string) => ({
        _attachments: { file: { content_type: 'text/plain', data: Buffer.from(text).toString('base64') } },
      });
      const alone = await couch.write('/attached', 'alone', attached('of one'));
      const shared = await couch.write('/attached', 'shared', attached('of both'));
      await couch.write('/attached', 'other', attached('of both'));
      await couch.post('/attached/_purge', { alone: [alone], shared: [shared] });
      expect(String((await couch.get('/attached/other/file')).body)).to.equal('of both');
      expect((await couch.get('/attached')).body.doc_count).to.equal(1);
      await store.close();
      const databases = path.join(directory, 'databases');
      const folders = readdirSync(databases).map((folder) => path.join(databases, folder, 'data'));
      const records = (await Promise.all(folders.map(recordsIn))).flat();
      expect(records.filter((record) => record.includes('of one'))).to.have.length(0);
      expect(records.filter((record) => record.includes('of both'))).to.have.length(1);
    } finally {
      await store.close();
    }
  });
});
