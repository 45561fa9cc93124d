import { expect } from 'chai';
import { bodyHash } from '../../src/ledger/body-hash.ts';

describe('the name of a body', () => {
  it('is one for bodies that mean the same to Qlik', () => {
    const same = [{}, { partial: false }, { weight: 1 }, { variables: {} }].map(bodyHash);
    expect(new Set(same).size).to.equal(1);
    expect(bodyHash({ variables: { a: '1', b: '2' } })).to.equal(bodyHash({ variables: { b: '2', a: '1' } }));
  });

  it('is another for each difference', () => {
    const bodies = [{}, { partial: true }, { weight: 2 }, { variables: { a: '1' } }, { variables: { a: '2' } }];
    expect(new Set(bodies.map(bodyHash)).size).to.equal(5);
  });

  it('does not change from one version to the next: it is in stored documents', () => {
    expect(bodyHash({})).to.equal('cedc9a8b99fa1c1b');
  });
});
