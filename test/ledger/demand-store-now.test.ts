import { expect } from 'chai';
import type { EpochMs } from '../../src/core/units.ts';
import { demandStoreNow } from '../../src/ledger/demand-store-now.ts';

describe("the store's clock, if there is no other", () => {
  it('is what its answers say', () => {
    expect(demandStoreNow({ now: () => 5 as EpochMs })).to.equal(5);
  });

  it('is missing if no answer had a date, and the message says why that may be', () => {
    expect(() => demandStoreNow({ now: () => undefined }))
      .to.throw('CouchDB answered without a date. A proxy before it may remove the header')
      .with.property('code', 'STORE_UNAVAILABLE');
  });
});
