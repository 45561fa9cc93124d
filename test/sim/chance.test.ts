import { expect } from 'chai';
import fc from 'fast-check';
import { Chance } from '../../sim/chance.ts';

describe('sim: what is drawn', () => {
  const chance = new Chance('seed');
  const many = <T>(draw: () => T) => Array.from({ length: 2000 }, draw);

  const forms: [string, () => string, RegExp][] = [
    ['ids of reloads', () => chance.hexId(), /^[0-9a-f]{24}$/],
    ['ids of events', () => chance.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['ids of traces', () => chance.traceId(), /^[0-9a-f]{32}$/],
    ['ids of spans', () => chance.spanId(), /^[0-9a-f]{16}$/],
    ['ids of tenants', () => chance.tenantId(), /^[\w-]{32}$/],
    ['secrets', () => chance.secret(), /^[\w-]{64}$/],
  ];
  for (const [what, draw, form] of forms) {
    it(`gives ${what} of the right form, all different`, () => {
      const drawn = many(draw);
      for (const each of drawn) expect(each).to.match(form);
      expect(new Set(drawn).size).to.equal(2000);
    });
  }

  it('goes on where it was saved, wherever that is', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 400 }), (draws) => {
        const one = new Chance('seed');
        const kinds = [
          () => one.hexId(),
          () => one.uuid(),
          () => one.secret(),
          () => one.between(0, 9),
          () => one.traceId(),
        ];
        for (const draw of draws) kinds[draw]?.();
        const { seed, position } = one.saved();
        const other = new Chance(seed, position);
        for (let time = 0; time < 100; time += 1) expect(other.secret()).to.equal(one.secret());
      }),
    );
  });

  it('gives every whole number between two, both included', () => {
    const drawn = many(() => chance.between(3, 7));
    expect([...new Set(drawn)].sort()).to.deep.equal([3, 4, 5, 6, 7]);
    expect(chance.between(5, 5)).to.equal(5);
  });

  it('happens so many times in a hundred', () => {
    const times = many(() => chance.happens(30)).filter((happened) => happened).length;
    expect(times).to.be.within(500, 700); // 600 ± 5 standard deviations of 20
    expect([chance.happens(true), chance.happens(false)]).to.deep.equal([true, false]);
  });
});
