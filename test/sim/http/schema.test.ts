import { expect } from 'chai';
import { NAMES, OFF, parseOneOrMore, parserOf, TEXT, wholeNumber } from '../../../sim/http/schema.ts';

describe('sim: a parser of what callers send', () => {
  const parse = parserOf<Record<string, unknown>>('A cake', {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: {
      name: TEXT,
      layers: { ...wholeNumber(1, 9), default: 3 },
      icing: { enum: ['sugar', 'cream'] },
      guests: NAMES,
      isCut: OFF,
    },
  });

  it('gives every field, with its default or undefined', () => {
    expect(parse({ name: 'Sacher', isCut: true })).to.deep.equal({
      name: 'Sacher',
      layers: 3,
      icing: undefined,
      guests: [],
      isCut: true,
    });
  });

  it('ignores unknown fields unless the schema is closed', () => {
    const open = parserOf('A cake', { type: 'object', properties: { name: TEXT } });
    expect(open({ name: 'Sacher', color: 'brown' })).to.deep.equal({ name: 'Sacher' });
  });

  const refused: [unknown, string][] = [
    ['Sacher', 'A cake must be object.'],
    [{}, "A cake must have required property 'name'."],
    [{ name: 'Sacher', layers: 10 }, 'layers must be a whole number from 1 to 9.'],
    [{ name: 'Sacher', icing: 'tar' }, 'icing must be one of sugar, cream, not "tar".'],
    [{ name: 'Sacher', color: 'brown' }, 'A cake has no field "color". It has: name, layers, icing, guests, isCut.'],
    [{ name: 'Sacher', guests: ['Ann', ''] }, 'guests/1 must NOT have fewer than 1 characters.'],
  ];
  for (const [value, message] of refused) {
    it(`refuses ${JSON.stringify(value)}: ${message}`, () => {
      expect(() => parse(value))
        .to.throw(message)
        .with.property('status', 400);
    });
  }

  it('takes one value for an array of one', () => {
    expect(parseOneOrMore({ name: 'Sacher' }, parse)).to.deep.equal(parseOneOrMore([{ name: 'Sacher' }], parse));
  });
});
