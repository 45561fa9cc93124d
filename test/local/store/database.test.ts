import { expect } from 'chai';
import { Database } from '../../../local/store/database.ts';
import { CLOSED } from '../../../local/store/security.ts';

describe('a database of the store', () => {
  it('brings every index up to date in the background, once at a time, and may close meanwhile', async () => {
    const entry = { name: 'refreshed', folder: 'refreshed', instanceStartTime: '0', security: CLOSED };
    const database = new Database(entry, 'refreshed-in-memory', true);
    const asked: unknown[] = [];
    await database.runWriting(async (pouch) => {
      for (const field of ['a', 'b']) {
        await pouch.createIndex({ index: { fields: [field] }, type: 'json', ddoc: field, name: field });
      }
      const find = pouch.find.bind(pouch);
      pouch.find = (request) => {
        asked.push((request as { readonly use_index: unknown }).use_index);
        return find(request);
      };
    });
    database.refreshSoon();
    database.refreshSoon();
    await database.run(async () => {});
    await database.alone(async () => {});
    expect(asked).to.deep.equal([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    database.refreshSoon();
    await database.close();
  });
});
