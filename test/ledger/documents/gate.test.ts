import { expect } from 'chai';
import { echoOf } from '../../../src/ledger/documents/gate.ts';

const HERE = 'https://acme.eu.qlikcloud.com';
const THERE = 'https://acme.us.qlikcloud.com';

describe('whether a tenant gives our resourceId back', () => {
  for (const echoes of [true, false]) {
    const learned = { echoes, echoesAt: HERE };
    it(`holds at the address of which it was learned, and if no deployment said an address: ${echoes}`, () => {
      expect([echoOf(learned, HERE), echoOf(learned, undefined)]).to.deep.equal([echoes, echoes]);
    });

    it(`is not known at another address: ${echoes} at the first`, () => {
      expect(echoOf(learned, THERE)).to.equal(undefined);
    });

    it(`holds only if no deployment said an address, if nobody noted one: ${echoes}`, () => {
      expect([echoOf({ echoes }, undefined), echoOf({ echoes }, HERE)]).to.deep.equal([echoes, undefined]);
    });
  }

  it('is not known if nothing was learned', () => {
    for (const address of [undefined, HERE]) {
      expect([echoOf(undefined, address), echoOf({}, address)]).to.deep.equal([undefined, undefined]);
    }
  });
});
