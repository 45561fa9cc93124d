import { expect } from 'chai';
import { toStoreError } from '../../../local/store/store-error.ts';
import { useStore } from './support/use-store.ts';

describe('a failure of the store', () => {
  const store = useStore();

  it('is a 500 if PouchDB’s files are closed, and no fault of the request', () => {
    const closed = { status: 412, name: 'precondition_failed', message: 'Database not open', error: true };
    const { status, error, message, cause } = toStoreError(closed);
    expect({ status, error, message }).to.deep.equal({
      ...{ status: 500, error: 'internal_server_error', message: 'The store failed; its output says why.' },
    });
    expect(cause).to.equal(closed);
    const stub = { status: 412, name: 'missing_stub', message: 'No such stub' };
    expect(toStoreError(stub)).to.deep.include({ status: 412, error: 'missing_stub' });
  });

  it('is in the output, also if it is one row of _bulk_docs', async () => {
    const { couch } = store;
    const db = await couch.db();
    const source = "function (doc) { if (doc._id !== 'fine') throw 'It broke.'; }";
    await couch.write(db, '_design/v', { language: 'javascript', validate_doc_update: source });
    const { error } = console;
    const printed: unknown[][] = [];
    console.error = (...texts: unknown[]) => void printed.push(texts);
    try {
      const { body } = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'fine' }, { _id: 'broken' }] });
      expect(body).to.have.length(2);
      expect(body[1]).to.include({ id: 'broken', error: 'unknown_error' });
      await couch.put(`${db}/other`);
    } finally {
      console.error = error;
    }
    const line = ['The store failed:', 'validate_doc_update of _design/v: "It broke."'];
    expect(printed).to.deep.equal([line, line]);
  });

  it('is not what a request may cause: a conflict is not in the output', async () => {
    const { couch } = store;
    const db = await couch.db();
    await couch.write(db, 'one', {});
    const { error } = console;
    const printed: unknown[][] = [];
    console.error = (...texts: unknown[]) => void printed.push(texts);
    try {
      const { body } = await couch.post(`${db}/_bulk_docs`, { docs: [{ _id: 'one' }] });
      expect(body[0]).to.include({ id: 'one', error: 'conflict' });
      expect(await couch.put(`${db}/one`)).to.include({ status: 409 });
    } finally {
      console.error = error;
    }
    expect(printed).to.deep.equal([]);
  });
});
