import { expect } from 'chai';
import { homeChains } from '../../../src/core/chains/home-chains.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { AppKey } from '../../../src/core/names.ts';

describe('the home chain of an app', () => {
  const extract = 'default/extract' as AppKey;
  const compiled = (names: readonly string[]) =>
    ({
      links: {},
      apps: { [extract]: { tenant: 'default', appId: 'extract', label: 'Extract', names } },
    }) as unknown as CompiledChains;

  it('is the first by name that lists it, also if another chain has a longer name that begins the same', () => {
    expect(homeChains(compiled(['sales-eu/extract', 'sales/extract']))(extract)).to.equal('sales');
    expect(homeChains(compiled(['stock/extract', 'board/extract']))(extract)).to.equal('board');
  });

  it('is none if no chain has the app', () => {
    expect(homeChains(compiled([]))(extract)).to.equal('');
    expect(homeChains(compiled([]))('default/other' as AppKey)).to.equal('');
  });
});
