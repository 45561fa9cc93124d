import { expect } from 'chai';
import type { ChainContent, ChainFile } from '../../../src/core/chains/chain-file.ts';
import type { ChannelName, RouteKind } from '../../../src/core/desk/notice.ts';
import { routesOf } from '../../../src/core/desk/routes-of.ts';
import type { AppRef } from '../../../src/core/names.ts';
import { compileChains } from '../../support/compile-chains.ts';

const X = 'b4a3cf85-0000-4000-8000-000000000001';
const Y = 'b4a3cf85-0000-4000-8000-000000000002';
const Z = 'b4a3cf85-0000-4000-8000-000000000003';

const APPS = { x: { id: X }, y: { id: Y } };
const file = (chain: string, more: Partial<ChainContent> = {}): ChainFile => ({
  file: `${chain}.yaml`,
  content: { chain, apps: APPS, reloads: [{ app: 'y', after: 'x' }], ...more },
});

function compiledOf(...files: ChainFile[]) {
  const { compiled, problems } = compileChains(files);
  if (compiled === undefined) throw new Error(JSON.stringify(problems));
  return compiled;
}

const routesIn = (...files: ChainFile[]) =>
  Object.fromEntries(Object.values(compiledOf(...files).apps).map(({ appId, routes }) => [appId.slice(-1), routes]));

describe('routes of notices', () => {
  it('are not there if no chain file says anything', () =>
    expect(Object.values(compiledOf(file('a')).apps).every((app) => !('routes' in app))).to.equal(true));

  it('are the file’s for each app that it lists, and an app’s own in place of those', () => {
    const notify = [
      { when: ['failed', 'recovered'], to: 'ops' },
      { when: ['failed', 'late'], to: 'bot' },
    ] as const;
    const own = { x: { id: X, notify: [{ when: ['gave-up'], to: 'data' }] as const }, y: { id: Y } };
    expect(routesIn(file('a', { notify, apps: own }))).to.deep.equal({
      '1': { 'gave-up': ['data'] },
      '2': { failed: ['bot', 'ops'], recovered: ['ops'], late: ['bot'] },
    });
  });

  it('can be none for one app', () =>
    expect(routesIn(file('a', { apps: { x: { id: X, notify: [] }, y: { id: Y } } }))).to.deep.equal({
      '1': {},
      '2': undefined,
    }));

  it('add up over the files that list an app; a file that says nothing adds nothing', () => {
    const ops = [{ when: ['failed'], to: 'ops' }] as const;
    const data = [{ when: ['failed'], to: 'data' }] as const;
    const expected = { '1': { failed: ['data', 'ops'] }, '2': { failed: ['data', 'ops'] } };
    expect(routesIn(file('a', { notify: ops }), file('b', { notify: data }), file('c'))).to.deep.equal(expected);
  });

  it('are not those of a file that is not enabled, unless no enabled file has the app', () => {
    const ops = [{ when: ['failed'], to: 'ops' }] as const;
    const off = (notify: ChainContent['notify']) => file('b', { enabled: false, ...(notify && { notify }) });
    expect(routesIn(file('a'), off([]))).to.deep.equal({ '1': undefined, '2': undefined });
    const ofA = { '1': { failed: ['ops'] }, '2': { failed: ['ops'] } };
    expect(routesIn(file('a', { notify: ops }), off([{ when: ['failed'], to: 'data' }]))).to.deep.equal(ofA);
    expect(routesIn(off(ops))).to.deep.equal(ofA);
  });

  it('are not those of a file that only refers to an app; of an app without a name they are its users’', () => {
    const notify = [{ when: ['late'], to: 'ops' }] as const;
    const other = { chain: 'b', notify, apps: {}, reloads: [{ app: Z, after: 'a/x' }] };
    expect(routesIn(file('a'), { file: 'b.yaml', content: other })).to.deep.equal({
      '1': undefined,
      '2': undefined,
      '3': { late: ['ops'] },
    });
  });
});

describe('the channels that hear of an app', () => {
  const SET = new Set(['default', 'ops'] as ChannelName[]);
  const compiled = compiledOf(
    file('a', {
      apps: {
        x: {
          id: X,
          notify: [
            { when: ['failed'], to: 'ops' },
            { when: ['failed'], to: 'gone' },
          ],
        },
        y: { id: Y },
      },
    }),
  );
  const of = (appId: string, kind: RouteKind, channels: ReadonlySet<ChannelName> = SET) =>
    routesOf({ tenant: 'default', appId } as AppRef, kind, compiled, channels);

  it('are those of its routes that are set', () => expect(of(X, 'failed')).to.deep.equal(['ops']));
  it('are none for what its routes do not list', () => expect(of(X, 'recovered')).to.deep.equal([]));
  it('are the channel default without routes', () => expect(of(Y, 'late')).to.deep.equal(['default']));
  it('are none for an app in no chain', () => expect(of(Z, 'failed')).to.deep.equal([]));
  it('are none if no channel is set', () => {
    expect(of(X, 'failed', new Set())).to.deep.equal([]);
    expect(of(Y, 'failed', new Set())).to.deep.equal([]);
  });
});
