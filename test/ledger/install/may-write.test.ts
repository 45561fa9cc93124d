import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { mayWriteIn } from '../../../src/ledger/install/roles.ts';

/** What CouchDB makes of the function: undefined if the write passes, else what was thrown. */
function refusalOf(roles: readonly string[], name: string | null = 'ann'): unknown {
  const validate = runInNewContext(`(${mayWriteIn('sales')})`);
  const security = { admins: { names: ['ann'], roles: [] }, members: { names: ['ann'], roles: ['_admin'] } };
  try {
    return validate({ _id: 'order:x' }, null, { db: 'sales', name, roles }, security);
  } catch (refusal) {
    return refusal;
  }
}

describe('the validate_doc_update of the ledger', () => {
  for (const roles of [['sales-writer'], ['_admin'], ['sales-reader', 'sales-writer']]) {
    it(`lets write who is ${roles.join(' and ')}`, () => {
      expect(refusalOf(roles)).to.equal(undefined);
    });
  }

  for (const roles of [[], ['sales-reader'], ['cascade-writer', 'other-writer'], ['writer', 'sales-writers']]) {
    it(`refuses who is ${roles.join(' and ') || 'nothing'}, whatever _security names`, () => {
      const forbidden = 'Only writers may change the ledger: give the user the role sales-writer.';
      expect(refusalOf(roles)).to.deep.equal({ forbidden });
      expect(refusalOf(roles, null)).to.deep.equal({ forbidden });
    });
  }

  it('is of the JavaScript that CouchDB’s old engine knows', () => {
    expect(mayWriteIn('sales')).to.not.match(/=>|\b(let|const|includes)\b|`|\.\.\./);
  });
});
