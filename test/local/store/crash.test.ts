import { expect } from 'chai';
import { CouchInTest } from '../../contract/couchdb/support/couch-in-test.ts';
import { StoreProcess } from '../../contract/couchdb/support/servers.ts';

const ROUNDS = 3;
const BATCH = 20;

describe('a store whose process is killed', () => {
  const process = new StoreProcess();
  before(() => process.start());
  after(() => process.close());

  it('has every acknowledged document and no part of a batch, round after round', async () => {
    const couch = new CouchInTest(process.server);
    await couch.put('/db');
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await writeWhile(couch, `r${round}`, acknowledged, () => process.restart('SIGKILL'));
      const { rows } = (await couch.get('/db/_all_docs')).body;
      const stored = new Set<string>(rows.map(({ id }: { id: string }) => id));
      for (const id of acknowledged) expect(stored.has(id), id).to.equal(true);
      expect(brokenBatches(stored)).to.deep.equal([]);
    }
    expect(acknowledged.length).to.be.above(300);
  });
});

/** Writes single documents and batches until `end` has ended, and collects what was acknowledged. */
async function writeWhile(
  couch: CouchInTest,
  round: string,
  acknowledged: string[],
  end: () => Promise<void>,
): Promise<void> {
  let isOver = false;
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = 0; !isOver; n += 1) {
      const ids = n % 2 === 0 ? [`${round}-w${writer}-${n}`] : batchIds(`${round}-b${writer}-${n}`);
      const docs = ids.map((_id) => ({ _id, text: 'x'.repeat(500) }));
      const answer = await couch.post('/db/_bulk_docs', { docs }).catch(() => undefined);
      if (answer?.status === 201) acknowledged.push(...ids);
    }
  });
  const enough = acknowledged.length + 150;
  while (acknowledged.length < enough) await new Promise(setImmediate);
  await end();
  isOver = true;
  await Promise.all(writers);
}

const batchIds = (batch: string): string[] => Array.from({ length: BATCH }, (_, n) => `${batch}:${n}`);

function brokenBatches(stored: ReadonlySet<string>): readonly string[] {
  const batches = new Set([...stored].filter((id) => id.includes(':')).map((id) => id.split(':')[0] ?? ''));
  return [...batches].filter((batch) => !batchIds(batch).every((id) => stored.has(id)));
}
