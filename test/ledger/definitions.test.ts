import { expect } from 'chai';
import type { CompiledChains } from '../../src/core/link.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import { noteDeployed } from '../../src/ledger/note-deployed.ts';
import { readChainsOf } from '../../src/ledger/read-chains-of.ts';
import { splitDefinition } from '../../src/ledger/split-definition.ts';
import { storeDefinition } from '../../src/ledger/store-definition.ts';
import { type MemoryCouch, memoryCouch } from '../support/memory-couch.ts';

const EMPTY: CompiledChains = { links: {}, apps: {} };
/** sha256sum of {"apps":{},"links":{}}, its first 16 digits. */
const EMPTY_HASH = '7a9957b3041a0ed8';
const OTHER_HASH = 'ffffffffffffffff';

const appOf = (name: string) => ({ tenant: 'default', appId: name, label: name, names: [`c/${name}`] });
const linkTo = (target: string, more: object = {}) => ({
  ...{ chain: 'c', after: { tenant: 'default', appId: 'a' }, on: 'succeeded', clause: 's', body: {}, paused: false },
  ...{ target: { tenant: 'default', appId: target }, ...more },
});
const SALES = {
  links: { 'default/a': [linkTo('b')] },
  apps: { 'default/a': appOf('a'), 'default/b': appOf('b') },
} as unknown as CompiledChains;

describe('the definitions of deployed chains', () => {
  let store: MemoryCouch;
  let now: number;
  beforeEach(() => {
    now = 1_000;
    store = memoryCouch(() => now as EpochMs);
  });

  it('have the hash of their content, whatever the order of the keys', () => {
    expect(definitionHash(EMPTY)).to.equal(EMPTY_HASH);
    const { links, apps } = SALES;
    expect(definitionHash({ apps, links })).to.equal(definitionHash({ links, apps }));
    const paused = { ...SALES, links: { 'default/a': [linkTo('b', { paused: true })] } } as unknown as CompiledChains;
    expect(definitionHash(paused)).not.to.equal(definitionHash(SALES));
  });

  it('are stored, and can be read again', async () => {
    const hash = await storeDefinition(SALES, store);
    const document = store.peek(`definition:${hash}`);
    expect(document).to.include({ schema: 1, type: 'definition', hash, part: 1, parts: 1, storedAt: 1_000 });
    expect(await readChainsOf(hash, store)).to.deep.equal(SALES);
  });

  it('are not written again while they are deployed', async () => {
    const hash = await storeDefinition(SALES, store);
    await noteDeployed(hash, store);
    now = 2_000;
    await storeDefinition(SALES, store);
    await noteDeployed(hash, store);
    expect(store.peek(`definition:${hash}`)?._rev).to.match(/^1-/);
    expect(store.peek('deployed')).to.include({ hash, since: 1_000 });
  });

  it('get another rev if they are deployed again after others, so that a purge under way leaves them', async () => {
    const hash = await storeDefinition(SALES, store);
    await noteDeployed(hash, store);
    await noteDeployed(OTHER_HASH, store);
    now = 2_000;
    await storeDefinition(SALES, store);
    expect(store.peek(`definition:${hash}`)).to.include({ storedAt: 2_000 });
    expect(store.peek(`definition:${hash}`)?._rev).to.match(/^2-/);
  });

  it('are repaired by the next deployment if somebody spoilt or deleted them', async () => {
    const hash = await storeDefinition(EMPTY, store);
    await noteDeployed(hash, store);
    const spoilt = store.peek(`definition:${hash}`);
    await store.put({ ...spoilt, _id: `definition:${hash}`, chains: { links: 'none', apps: {} } });
    expect(await readChainsOf(hash, store)).to.equal(undefined);
    await storeDefinition(EMPTY, store);
    expect(await readChainsOf(hash, store)).to.deep.equal(EMPTY);
  });

  it('are stored after a conflict with another deployment, too', async () => {
    store.intrude('put', () => store.seed({ _id: `definition:${EMPTY_HASH}`, by: 'another' }));
    expect(await storeDefinition(EMPTY, store)).to.equal(EMPTY_HASH);
    expect(await readChainsOf(EMPTY_HASH, store)).to.deep.equal(EMPTY);
  });

  it('are in several parts if they are large, and the first part is written last', async () => {
    const apps = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [
        `default/app-${index}`,
        { ...appOf(`app-${index}`), label: 'x'.repeat(400) },
      ]),
    );
    const large = { links: SALES.links, apps } as unknown as CompiledChains;
    const hash = await storeDefinition(large, store);
    expect(store.asked.filter((each) => each.startsWith('put '))).to.deep.equal([
      `put definition:${hash}:3`,
      `put definition:${hash}:2`,
      `put definition:${hash}`,
    ]);
    for (const document of store.all()) expect(Buffer.byteLength(JSON.stringify(document))).to.be.below(1_001_000);
    expect(await readChainsOf(hash, store)).to.deep.equal(large);
    const { _rev } = store.peek(`definition:${hash}:2`) ?? { _rev: '' };
    await store.put({ _id: `definition:${hash}:2`, _rev, broken: true });
    expect(await readChainsOf(hash, store)).to.equal(undefined);
  });

  it('have a part of their own for an app with more links than a part has room for', () => {
    const long = linkTo('b', { body: { variables: { v: 'x'.repeat(200) } } });
    const chains = { apps: SALES.apps, links: { 'default/a': [long, long], 'default/b': [long] } };
    const parts = splitDefinition(chains as unknown as CompiledChains, 300);
    expect(parts.map(({ apps, links }) => [Object.keys(apps), Object.keys(links)])).to.deep.equal([
      [['default/a', 'default/b'], []],
      [[], ['default/a']],
      [[], ['default/b']],
    ]);
  });
});

describe('the document that says what is deployed', () => {
  it('has the present chains and those before, the newest first, at most 50', async () => {
    let now = 0;
    const store = memoryCouch(() => now as EpochMs);
    const hashOf = (n: number): string => String(n).padStart(16, '0');
    for (now = 1; now <= 60; now += 1) await noteDeployed(hashOf(now), store);
    const deployed = store.peek('deployed');
    const before = deployed?.['before'] as readonly object[];
    expect([deployed?.['hash'], deployed?.['since']]).to.deep.equal(['0000000000000060', 60]);
    expect(before.length).to.equal(50);
    expect(before[0]).to.deep.equal({ hash: '0000000000000059', since: 59 });
    expect(before[49]).to.deep.equal({ hash: '0000000000000010', since: 10 });
  });

  it('is written anew if somebody spoilt it', async () => {
    const store = memoryCouch(() => 7 as EpochMs);
    store.seed({ _id: 'deployed', schema: 1, type: 'deployed', hash: 'none', since: 1, before: [] });
    await noteDeployed(OTHER_HASH, store);
    expect(store.peek('deployed')).to.deep.include({ hash: OTHER_HASH, since: 7, before: [] });
  });
});
