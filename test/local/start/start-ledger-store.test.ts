import { expect } from 'chai';
import { type LedgerStoreOptions, startLedgerStore } from '../../../local/start/start-ledger-store.ts';

describe('the CouchDB that npm start is given', () => {
  const given = (env: object) => startLedgerStore({ env } as unknown as LedgerStoreOptions);

  it('is refused at once, before anything is started, if its address cannot be meant; a password is not shown', async () => {
    for (const [COUCHDB_URL, problem] of [
      ['http://ann:sec@ret/7@127.0.0.1:5984', 'has a @ behind a /.'],
      ['http://ann:sec#ret@127.0.0.1:5984', 'percent-encoded'],
      ['http://%zz:secret@127.0.0.1:5984', 'has a % in'],
      ['http://couch.example.com', 'has to be https'],
    ] as const) {
      const error = await given({ COUCHDB_URL }).catch((cause: unknown) => cause);
      expect(error, COUCHDB_URL).to.include({ code: 'SETTINGS_INVALID' });
      expect(error, COUCHDB_URL).to.have.property('message').that.contains(problem).and.does.not.contain('sec');
    }
  });

  it('may have a password of any characters, percent-encoded', async () => {
    const store = await given({ COUCHDB_URL: 'http://ann:p%40ss%2Fw@127.0.0.1:5984' });
    expect(store.store).to.include({ url: 'http://127.0.0.1:5984/', user: 'ann', password: undefined });
  });
});
