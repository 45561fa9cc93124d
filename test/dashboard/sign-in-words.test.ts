import { expect } from 'chai';
import { signInWords } from '../../dashboard/session/sign-in-words.ts';

const PLACE = { storeUrl: 'https://ledger.example', database: 'cascade', origin: 'https://page.example' };

describe('the form to sign in, if CouchDB refuses the account', () => {
  it('says how long to wait if CouchDB has locked it', () => {
    expect(signInWords({ kind: 'locked' }, PLACE)).to.equal(
      'CouchDB has locked this account for 5 minutes after several failed logins. Wait, then sign in again.',
    );
  });

  it('says who lets it in if it may not read this ledger', () => {
    expect(signInWords({ kind: 'no-role' }, PLACE)).to.include('may not read the database cascade.');
  });
});
