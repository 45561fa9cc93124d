import { expect } from 'chai';
import type { DatabaseCall } from '../../../../local/store/call.ts';
import { Database } from '../../../../local/store/database.ts';
import { CLOSED } from '../../../../local/store/security.ts';
import { validateWrites } from '../../../../local/store/validation/validate-writes.ts';

const REFUSES_CHANGES = "function (doc, old) { if (old) throw { forbidden: 'No changes.' }; }";

describe('the verdict on a write', () => {
  let database: Database;
  const call = () => ({ database, user: { name: 'ann', roles: [] } }) as unknown as DatabaseCall;

  beforeEach(async () => {
    const entry = { name: 'db', folder: 'f', instanceStartTime: '0', security: CLOSED };
    database = new Database(entry, 'verdicts-in-memory', true);
    await database.write((pouch) => pouch.put({ _id: '_design/v', validate_doc_update: REFUSES_CHANGES }));
  });
  afterEach(() => database.close());

  it('is a conflict if it names a rev that is not there: somebody may be about to write just that one', async () => {
    const [verdict] = await validateWrites(call(), [{ _id: 'b', _rev: `1-${'a'.repeat(32)}` }], true);
    expect(verdict).to.include({ status: 409, error: 'conflict' });
  });

  it('is a conflict without a rev if the document is there', async () => {
    await database.write((pouch) => pouch.put({ _id: 'b' }));
    expect((await validateWrites(call(), [{ _id: 'b' }], true))[0]).to.include({ status: 409 });
  });

  it('may be another one for each document', async () => {
    const { rev } = await database.write((pouch) => pouch.put({ _id: 'b' }));
    const verdicts = await validateWrites(call(), [{ _id: 'a' }, { _id: 'b', _rev: rev }, { _id: '_local/x' }], true);
    expect(verdicts[1]).to.include({ status: 403, message: 'No changes.' });
    expect([verdicts[0], verdicts[2]]).to.deep.equal(['may', 'may']);
    const copies = [
      { _id: 'b', _rev: rev },
      { _id: 'a', _rev: `3-${'c'.repeat(32)}` },
    ];
    expect(await validateWrites(call(), copies, false)).to.deep.equal(['known', 'may']);
  });
});
