import { expect } from 'chai';
import { ReloadWatch } from '../../../local/start/reload-watch.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import type { AppKey, TenantName } from '../../../src/core/names.ts';

const DEFAULT = 'default' as TenantName;

const app = (appId: string, name: string) => ({ tenant: 'default', appId, label: name, names: [`sales/${name}`] });
const CHAINS = {
  links: {
    'default/a': [
      { chain: 'sales', after: app('a', 'load'), target: app('b', 'report'), on: 'succeeded', clause: 's' },
    ],
  },
  apps: { 'default/a': app('a', 'load'), 'default/b': app('b', 'report') },
} as unknown as CompiledChains;

const JOIN = { of: { 'default/a': 'succeeded', 'default/c': 'succeeded' }, atLeast: 2, within: 1_000 };
const JOINED = {
  ...CHAINS,
  links: { 'default/a': [{ ...CHAINS.links['default/a' as AppKey]?.[0], clause: 'j0', join: JOIN }] },
} as unknown as CompiledChains;

const entry = (id: string, appId: string, status: string, resourceId?: string) => ({
  ...{ seq: 1, at: 5, kind: 'reload', id, appId, status },
  ...(resourceId !== undefined && { resourceId }),
});

/** What the watch knows of the report's reload `r2`, after the load's reload `r1` has succeeded. */
function following(resourceId?: string) {
  const watch = new ReloadWatch(CHAINS);
  watch.read(DEFAULT, entry('r1', 'a', 'QUEUED'));
  watch.read(DEFAULT, entry('r1', 'a', 'SUCCEEDED'));
  watch.read(DEFAULT, entry('r2', 'b', 'QUEUED', resourceId));
  const { app: name, after, afterOutcome, depth } = watch.reloads[1] ?? {};
  return { app: name, after, afterOutcome, depth };
}

describe('a reload in a tenant’s journal', () => {
  const followsTheLoad = { app: 'sales/report', after: 'sales/load', afterOutcome: 'succeeded', depth: 1 };

  it('follows the reload that its order names as its cause', () => {
    expect(following('order:default:b:s:r1~1')).to.deep.equal(followsTheLoad);
  });

  it('follows the same reload if a replay ordered it', () => {
    expect(following('order:default:b:s:r1.r1~1')).to.deep.equal(followsTheLoad);
    expect(following('order:default:b:s:r12.r1~2')).to.deep.equal(followsTheLoad);
  });

  it('follows none if Cascade did not order it, or by hand', () => {
    const followsNone = { app: 'sales/report', after: null, afterOutcome: null, depth: 0 };
    expect(following()).to.deep.equal(followsNone);
    expect(following('r1')).to.deep.equal(followsNone);
    expect(following('order:default:b:s:m.4e5f6a7b8c9d~1')).to.deep.equal(followsNone);
  });

  it('tells which attempt of its order it is, and of how many apps its cause was the last', () => {
    const watch = new ReloadWatch(JOINED);
    watch.read(DEFAULT, entry('r1', 'a', 'QUEUED'));
    watch.read(DEFAULT, entry('r2', 'b', 'QUEUED', 'order:default:b:j0:r1~3'));
    expect(watch.reloads[0]).to.not.have.any.keys('attempt', 'lastOf');
    expect(watch.reloads[1]?.attempt).to.deep.equal({ order: 'order:default:b:j0:r1', number: 3 });
    expect(watch.reloads[1]?.lastOf).to.equal(2);
  });

  it('ran too long if it was canceled after its timeout, and a person canceled it before', () => {
    const [first] = CHAINS.links['default/a' as AppKey] ?? [];
    const links = {
      'default/a': [{ ...first, policy: { timeout: 2_000 } }],
      'default/b': [{ ...first, on: 'failed' }],
    };
    const watch = new ReloadWatch({ ...CHAINS, links } as unknown as CompiledChains);
    watch.read(DEFAULT, entry('r1', 'a', 'QUEUED'));
    const read = (id: string, at: number) => {
      watch.read(DEFAULT, entry(id, 'b', 'QUEUED', 'order:default:b:s:r1~1'));
      return watch.read(DEFAULT, { ...entry(id, 'b', 'CANCELED'), at });
    };
    expect(read('r2', 2_004)).not.to.have.nested.property('reload.tooLong');
    const words = 'ran longer than its timeout (2 s), and Cascade canceled it';
    expect(read('r3', 2_005)).to.have.nested.property('reload.tooLong', words);
    watch.read(DEFAULT, entry('r4', 'b', 'QUEUED', 'order:default:b:s:r3~1'));
    expect(watch.reloads.at(-1)).to.include({ afterOutcome: 'canceled', afterTooLong: words });
  });
});
