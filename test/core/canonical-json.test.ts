import { expect } from 'chai';
import { canonicalJson } from '../../src/core/canonical-json.ts';

describe('canonical JSON', () => {
  it('is the same text for equal values, whatever the order of their keys', () => {
    expect(canonicalJson({ b: { d: 1, c: [{ z: 1, y: 2 }] }, a: 'x' })).to.equal(
      '{"a":"x","b":{"c":[{"y":2,"z":1}],"d":1}}',
    );
    expect(canonicalJson({ a: 'x', b: { c: [{ y: 2, z: 1 }], d: 1 } })).to.equal(
      '{"a":"x","b":{"c":[{"y":2,"z":1}],"d":1}}',
    );
  });

  it('keeps the order of a list, and leaves out what is undefined', () => {
    expect(canonicalJson({ a: [2, 1], b: undefined })).to.equal('{"a":[2,1]}');
  });
});
