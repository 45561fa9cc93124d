import { expect } from 'chai';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { days, type EpochMs } from '../../../src/core/units.ts';
import { purgeLedger } from '../../../src/ledger/retention/purge-ledger.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const OLD = NOW - days(40);

const dead = (index: number): StoredDocument => ({
  ...{
    _id: `dead:${String(index).padStart(3, '0')}`,
    _rev: '1-a',
    schema: 1,
    type: 'dead',
    tenant: 'acme',
    body: '{}',
  },
  ...{ isBase64: false, reason: { code: 'c', message: 'm' }, traceId: 't', storedAt: OLD, dismissedAt: OLD },
});

/** An order that has just been posted, and what says that its reload is Cascade's. */
const POSTED: readonly StoredDocument[] = [
  {
    ...{ _id: 'order:acme:down:s:e', _rev: '1-a', schema: 1, type: 'order', tenant: 'acme', appId: 'down', chain: 'c' },
    ...{ state: 'posted', body: {}, causes: ['e'], hops: 1, root: 'event:acme:e', traceId: 't', try: 1, claims: 1 },
    ...{ reloadId: 'r', isCertain: true, ends: [], createdAt: NOW, postedAt: NOW, dueAt: NOW },
  },
  {
    ...{ _id: 'started:acme:r', _rev: '1-a', schema: 1, type: 'started', order: 'order:acme:down:s:e', also: [] },
    ...{ isGuess: false, hops: 1, root: 'event:acme:e' },
  },
];

const purged = (store: MemoryCouch, retention = days(30)) =>
  purgeLedger({ store, port: store.admin, retention, stopwatch: () => 0, sleep: async () => {} });

describe('a purge', () => {
  it('leaves what says whose a reload is, if the reload is started while the purge reads the ledger', async () => {
    for (const read of ['alert:', 'event:', 'order:', 'park:', 'started:']) {
      const store = memoryCouch(() => NOW as EpochMs);
      const { removed } = await purgeLedger({
        store: {
          ...store,
          range: async (prefix, page) => {
            const found = await store.range(prefix, page);
            if (prefix === read) store.seed(...POSTED);
            return found;
          },
        },
        port: store.admin,
        retention: days(30),
        stopwatch: () => 0,
        sleep: async () => {},
      });
      expect([removed, store.peek('started:acme:r')?._id], read).to.deep.equal([0, 'started:acme:r']);
    }
  });

  it('reads a ledger that is longer than a page to its end', async () => {
    const store = memoryCouch(() => NOW as EpochMs);
    store.seed(...Array.from({ length: 2_001 }, (_, index) => dead(index)));
    expect((await purged(store)).removed).to.equal(2_001);
  });

  it('keeps what is final for as long as it is told, or as the deployed receiver needs it if that is longer', async () => {
    for (const [retentionDays, removed] of [
      [30, 1],
      [39, 1],
      [41, 0],
    ]) {
      const store = memoryCouch(() => NOW as EpochMs);
      store.seed(dead(1), { _id: 'schema', schema: 1, type: 'schema', version: 1, retentionDays });
      expect((await purged(store, days(35))).removed, `${retentionDays}`).to.equal(removed);
    }
    const told = memoryCouch(() => NOW as EpochMs);
    told.seed(dead(1), { _id: 'schema', schema: 1, type: 'schema', version: 1, retentionDays: 30 });
    expect((await purged(told, days(41))).removed).to.equal(0);
  });

  it('goes by the links of the chains that are deployed', async () => {
    const link = (clause: string) => ({
      ...{ chain: 'c', after: { tenant: 'acme', appId: 'up' }, on: 'succeeded', clause, body: {}, paused: false },
      target: { tenant: 'acme', appId: 'down' },
    });
    const join = { of: { 'acme/up': 'succeeded' }, atLeast: 1, within: 1 };
    const memory = (clause: string): StoredDocument => ({
      ...{ _id: `join:acme:down:${clause}`, _rev: '1-a', schema: 1, type: 'join', tenant: 'acme', appId: 'down' },
      ...{ chain: 'c', clause, rule: join, baseHalves: [], log: [], open: [] },
    });
    const hash = 'dddddddddddddddd';
    const chains = { links: { 'acme/up': [{ ...link('j1'), join }, link('j2')] }, apps: {} };
    const store = memoryCouch(() => NOW as EpochMs);
    store.seed(memory('j1'), memory('j2'));
    store.seed({ _id: 'deployed', schema: 1, type: 'deployed', hash, since: OLD, before: [] });
    expect((await purged(store)).removed).to.equal(0);
    const definition = { _id: `definition:${hash}`, schema: 1, type: 'definition', hash, part: 1, parts: 1 };
    store.seed({ ...definition, storedAt: OLD, chains });
    expect((await purged(store)).removed).to.equal(1);
    expect([store.peek('join:acme:down:j1'), store.peek('join:acme:down:j2')].map((each) => each?._id)).to.deep.equal([
      'join:acme:down:j1',
      undefined,
    ]);
  });

  it('asks for no space if it removed nothing', async () => {
    const store = memoryCouch(() => NOW as EpochMs);
    await purged(store);
    expect(store.asked).not.to.include('compact 0');
    store.seed(dead(1));
    await purged(store);
    expect(store.asked).to.include('compact 0');
  });

  it('rests nine times as long as each request took, reads 100 documents in one, and removes 10 in one', async () => {
    const store = memoryCouch(() => NOW as EpochMs);
    store.seed(...Array.from({ length: 25 }, (_, index) => dead(index)));
    const pages = new Set<unknown>();
    let ms = 0;
    const did: string[] = [];
    const taking =
      <A extends readonly unknown[], R>(name: string, takenMs: number, work: (...given: A) => R) =>
      (...given: A): R => {
        ms += takenMs;
        if (!did.at(-1)?.startsWith(name)) did.push(name);
        return work(...given);
      };
    const { removed, stayed } = await purgeLedger({
      store: {
        ...store,
        range: taking('read', 10, (...asked: Parameters<typeof store.range>) => {
          pages.add(asked[1].limit);
          return store.range(...asked);
        }),
      },
      port: {
        purge: taking('purge', 30, (documents) => {
          did.push(`purged ${documents.length}`);
          return store.admin.purge(documents);
        }),
        compact: taking('compact', 500, () => store.admin.compact()),
      },
      retention: days(30),
      stopwatch: () => ms,
      sleep: async (durationMs) => did.push(`rest ${durationMs}`),
    });
    expect([removed, stayed]).to.deep.equal([25, 0]);
    expect([...pages]).to.deep.equal([100]);
    expect([...new Set(did.slice(0, did.indexOf('purge')))]).to.deep.equal(['read', 'rest 90']);
    expect(did.slice(did.indexOf('purge'))).to.deep.equal([
      ...['purge', 'purged 10', 'rest 270', 'purge', 'purged 10', 'rest 270', 'purge', 'purged 5', 'rest 270'],
      'compact',
    ]);
  });
});
