import { expect } from 'chai';
import { definedFields } from '../../src/core/defined-fields.ts';

describe('the defined fields of an object', () => {
  it('are all but those that are undefined', () => {
    expect(definedFields({ a: 1, b: undefined, c: null, d: '', e: false })).to.deep.equal({
      a: 1,
      c: null,
      d: '',
      e: false,
    });
  });
});
