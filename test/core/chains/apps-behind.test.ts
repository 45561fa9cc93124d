import { expect } from 'chai';
import { appsBehind } from '../../../src/core/chains/apps-behind.ts';
import { chainsOfApp } from '../../../src/core/chains/chains-of-app.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { AppRef } from '../../../src/core/names.ts';

const app = (appId: string): AppRef => ({ tenant: 'default', appId }) as AppRef;
const link = (after: string, target: string, more: object = {}) => ({
  ...{ chain: 'sales', after: app(after), target: app(target), on: 'succeeded', clause: 's', body: {}, paused: false },
  ...more,
});
const linksOf = (...links: readonly ReturnType<typeof link>[]): CompiledChains['links'] =>
  Object.fromEntries(
    links.map(({ after }) => [`default/${after.appId}`, links.filter((each) => each.after.appId === after.appId)]),
  ) as unknown as CompiledChains['links'];

describe('the apps behind an app', () => {
  it('are those that its success reloads, and those behind them, the nearest first', () => {
    const links = linksOf(link('a', 'b'), link('b', 'd'), link('a', 'c', { on: 'any' }), link('x', 'y'));
    expect(appsBehind(app('a'), links)).to.deep.equal(['default/b', 'default/c', 'default/d']);
  });

  it('are not those that follow its failure, nor those behind a link that is paused', () => {
    const links = linksOf(link('a', 'b', { on: 'failed' }), link('a', 'c', { paused: true }), link('c', 'd'));
    expect(appsBehind(app('a'), links)).to.deep.equal([]);
  });

  it('are each named once and never the app itself, however the links go', () => {
    const links = linksOf(link('a', 'b'), link('b', 'c'), link('c', 'a'), link('c', 'b'));
    expect(appsBehind(app('a'), links)).to.deep.equal(['default/b', 'default/c']);
  });

  it('are at most 200', () => {
    const links = linksOf(...Array.from({ length: 300 }, (_, index) => link('a', `t${index}`)));
    expect(appsBehind(app('a'), links)).to.have.length(200);
  });
});

describe('the chains of an app', () => {
  it('are those with a link from it or to it, by name', () => {
    const links = linksOf(
      link('a', 'b', { chain: 'z' }),
      link('x', 'a', { chain: 'c' }),
      link('b', 'c', { chain: 'd' }),
    );
    expect(chainsOfApp(app('a'), links)).to.deep.equal(['c', 'z']);
    expect(chainsOfApp(app('q'), links)).to.deep.equal([]);
  });
});
