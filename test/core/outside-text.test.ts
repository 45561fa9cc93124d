import { expect } from 'chai';
import { clipped, isWellFormed, parseOutsideJson } from '../../src/core/outside-text.ts';

describe('text from outside', () => {
  it('is cut between characters; a half that was there before becomes U+FFFD', () => {
    expect(clipped('abcdef', 3)).to.equal('abc');
    expect(clipped('ab😀', 4)).to.equal('ab😀');
    expect(clipped('ab😀', 3)).to.equal('ab');
    expect(clipped('😀😀', 3)).to.equal('😀');
    expect(clipped('😀', 0)).to.equal('');
    expect(clipped('a\udc00b', 3)).to.equal('a\ufffdb');
    expect(clipped('ab\ud800', 3)).to.equal('ab\ufffd');
    expect(clipped('ab\ud800c', 3)).to.equal('ab\ufffd');
  });

  it('is well-formed once it is parsed, at every depth and in keys', () => {
    expect(parseOutsideJson('{"a":["x\\ud800y",{"\\udc00k":"\\uDFFF"}],"n":1,"t":null}')).to.deep.equal({
      a: ['x\ufffdy', { '\ufffdk': '\ufffd' }],
      n: 1,
      t: null,
    });
    expect(parseOutsideJson('"\\ud83d\\ude00"')).to.equal('😀');
    // Six letters behind a backslash of their own, no escape.
    expect(parseOutsideJson('"\\\\ud800"')).to.equal('\\ud800');
    expect(() => parseOutsideJson('{')).to.throw(SyntaxError);
  });

  it('is no JSON for us if it has half a pair and is nested so deep that nobody can look into it', () => {
    const deep = (inner: string): string => `${'['.repeat(20_000)}${inner}${']'.repeat(20_000)}`;
    expect(() => parseOutsideJson(deep('"\\ud800"'))).to.throw(SyntaxError, 'nested too deep');
    expect(parseOutsideJson(deep('"a"'))).to.be.an('array');
  });

  it('is known to be ill-formed in values and keys', () => {
    expect(isWellFormed({ a: ['😀', { b: 'é' }], n: 1 })).to.equal(true);
    for (const value of ['\ud800', ['\udc00'], { a: { b: 'x\ud800' } }, { '\ud800': 1 }]) {
      expect(isWellFormed(value)).to.equal(false);
    }
  });
});
