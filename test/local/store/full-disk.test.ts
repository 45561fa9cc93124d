import { expect } from 'chai';
import { CouchInTest } from '../../contract/couchdb/support/couch-in-test.ts';
import { StoreProcess } from '../../contract/couchdb/support/servers.ts';

// The largest file that the store's process may write, in blocks of 1024 bytes. The log of a LevelDB reaches this size
// first.
const MAX_FILE_KIB = 1200;

describe('a store whose disk takes no more', () => {
  const process = new StoreProcess(MAX_FILE_KIB);
  before(function () {
    if (globalThis.process.platform === 'win32') this.skip(); // no limit of a file's size there
    return process.start();
  });
  after(() => process.close());

  it('answers 500, loses nothing that it acknowledged, and writes again when the disk does', async () => {
    const couch = new CouchInTest(process.server);
    await couch.put('/db');
    const [acknowledged, refused] = [new Map<string, string>(), [] as unknown[]];
    for (let n = 0; n < 60; n += 1) {
      // A text that does not compress well.
      const text = Array.from({ length: 10_000 }, (_, at) => ((n + 1) * (at + 7919)) % 99_991).join();
      const { status, body } = await couch.put(`/db/id${n}`, { text });
      if (status === 201) acknowledged.set(`id${n}`, body.rev);
      else refused.push([status, body.error]);
      if (status !== 201) expect((await couch.get('/db/id0')).status, 'reads go on').to.equal(200);
    }
    expect(refused).to.not.have.length(0);
    for (const refusal of refused) expect(refusal).to.deep.equal([500, 'internal_server_error']);
    expect(acknowledged.size, 'it goes on after a refusal').to.be.above(30);
    await expectAll(couch, acknowledged);
    await process.restart('SIGKILL');
    await expectAll(couch, acknowledged);
  });
});

async function expectAll(couch: CouchInTest, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  for (const [id, rev] of acknowledged) expect((await couch.get(`/db/${id}`)).body._rev, id).to.equal(rev);
}
