import { expect } from 'chai';
import nano from 'nano';
import { useStore } from './support/use-store.ts';

describe('nano and the store', () => {
  const store = useStore();

  it('work together as with a CouchDB', async () => {
    const { url, user, password } = store.couch.server;
    const server = nano(url.replace('http://', `http://${user}:${password}@`));
    await server.db.create('orders');
    const orders = server.use<{ dueAt: number }>('orders');
    const { rev } = await orders.insert({ dueAt: 5 }, 'a');
    await orders.bulk({ docs: [{ _id: 'b', dueAt: 7 }] });
    await orders.createIndex({ index: { fields: ['dueAt'] }, ddoc: 'due', name: 'due' });
    const { docs } = await orders.find({ selector: { dueAt: { $gte: 6, $lte: 9 } } });
    expect(docs.map(({ _id }) => _id)).to.deep.equal(['b']);
    expect((await orders.list()).rows.map(({ id }) => id)).to.include.members(['a', 'b']);
    expect((await orders.fetch({ keys: ['a'] })).rows).to.have.length(1);
    await orders.destroy('a', rev);
    const error: unknown = await orders.get('a').catch((caught: unknown) => caught);
    expect(error).to.include({ statusCode: 404, reason: 'deleted' });
    const taken: unknown = await orders.insert({ dueAt: 1 }, 'b').catch((caught: unknown) => caught);
    expect(taken).to.include({ statusCode: 409, error: 'conflict' });
    await server.db.destroy('orders');
  });
});
