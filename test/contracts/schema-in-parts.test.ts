import { expect } from 'chai';
import { inParts } from '../../build/schema-in-parts.ts';

const long = { type: 'string', pattern: '^a$' };
const short = { type: 'string' };
const closed = (properties: object) => ({ type: 'object', additionalProperties: false, properties });

describe('a schema in parts', () => {
  it('has its objects apart, once each, and what is long and comes twice', () => {
    const inner = closed({ a: long });
    const schema = closed({ one: inner, two: { type: 'array', items: inner }, three: long });
    expect(inParts(schema)).to.deep.equal({
      ...closed({
        one: { $ref: '#/$defs/part0' },
        two: { type: 'array', items: { $ref: '#/$defs/part0' } },
        three: { $ref: '#/$defs/part1' },
      }),
      $defs: { part0: closed({ a: { $ref: '#/$defs/part1' } }), part1: long },
    });
  });

  it('has its alternatives apart', () => {
    const schema = { type: 'array', items: { anyOf: [short, long] } };
    expect(inParts(schema)).to.deep.equal({
      type: 'array',
      items: { $ref: '#/$defs/part0' },
      $defs: { part0: { anyOf: [short, long] } },
    });
  });

  it('has as it is what a reference would only lengthen, and what comes once', () => {
    const schema = closed({ a: short, b: short, c: long });
    expect(inParts(schema)).to.deep.equal({ ...schema, $defs: {} });
  });

  it('is not misled by a property that is called as a keyword', () => {
    const schema = closed({ type: short, properties: long, anyOf: { type: 'array', items: short } });
    expect(inParts(schema)).to.deep.equal({ ...schema, $defs: {} });
  });
});
