import { expect } from 'chai';
import { jsonBytes, roomFor } from '../../src/core/payload.ts';

describe('a payload’s bytes', () => {
  it('are those of its JSON in UTF-8', () => {
    // {"a":"€"}: 8 characters of one byte and one of three.
    expect(jsonBytes({ a: '€' })).to.equal(11);
    // Half a pair alone is written as an escape.
    expect(jsonBytes('\uD83D')).to.equal(8);
    expect(jsonBytes(undefined)).to.equal(0);
  });

  it('are filled in the order of what comes, each value with its comma', () => {
    // "aaaa" has 6 bytes and its comma.
    expect(roomFor(21)(['aaaa', 'bbbb', 'cccc', 'dddd'])).to.deep.equal(['aaaa', 'bbbb', 'cccc']);
    expect(roomFor(20)(['aaaa', 'bbbb', 'cccc', 'dddd'])).to.deep.equal(['aaaa', 'bbbb']);
  });

  it('are shared by all that is put into one payload', () => {
    const take = roomFor(14);
    expect([take(['aaaa']), take(['bbbb']), take(['cccc'])]).to.deep.equal([['aaaa'], ['bbbb'], []]);
  });

  it('are not kept from others by what is too large', () => {
    expect(roomFor(10)(['much too large', 'b'])).to.deep.equal(['b']);
  });
});
