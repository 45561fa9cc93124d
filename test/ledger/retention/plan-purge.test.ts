import { expect } from 'chai';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { days, type EpochMs } from '../../../src/core/units.ts';
import type { LedgerType } from '../../../src/ledger/ledger-document.ts';
import { LEDGER_READERS, type LedgerDocument } from '../../../src/ledger/ledger-document.ts';
import type { Deployed } from '../../../src/ledger/retention/deployed-chains.ts';
import { FootprintReader } from '../../../src/ledger/retention/read-footprints.ts';

const NOW = Date.parse('2026-11-30T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Final since then: older, and younger, than the 30 days of the retention. */
const OLD = NOW - 30 * DAY - 1;
const YOUNG = NOW - 30 * DAY + 1;

type Fields = Readonly<Record<string, unknown>>;

const stored = (_id: string, fields: Fields): StoredDocument => ({ _id, _rev: '1-a', schema: 1, ...fields });

const event = (reloadId: string, at = OLD, more: Fields = {}): StoredDocument =>
  stored(`event:acme:${reloadId}`, {
    ...{ type: 'event', tenant: 'acme', appId: 'up', reloadId, outcome: 'succeeded', partial: false },
    ...{ source: 'webhook', traceId: 't', endedAt: at, storedAt: at, resolvedAt: at, skips: [], ...more },
  });

const order = (cause: string, more: Fields = {}): StoredDocument =>
  stored(`order:acme:down:s:${cause}`, {
    ...{ type: 'order', tenant: 'acme', appId: 'down', chain: 'c', state: 'ended', body: {}, causes: [cause] },
    ...{ hops: 1, root: `event:acme:${cause}`, traceId: 't', try: 1, claims: 1, ends: [] },
    ...{ createdAt: OLD, endedAt: OLD, ...more },
  });

const started = (reloadId: string, of: string, also: readonly string[] = []): StoredDocument =>
  stored(`started:acme:${reloadId}`, {
    type: 'started',
    order: of,
    also,
    isGuess: false,
    hops: 1,
    root: 'event:acme:e',
  });

const hint = (told: string, more: Fields): StoredDocument =>
  stored(`hint:acme:${told}`, {
    ...{ type: 'hint', tenant: 'acme', appId: 'up', traceId: 't', storedAt: OLD },
    ...{ told: { outcome: 'failed', endedAt: OLD, partial: false, reloadId: told }, ...more },
  });

const alert = (kind: string, subject: string, more: Fields): StoredDocument =>
  stored(`alert:${kind}:${subject}`, { type: 'alert', kind, subject, message: 'm', traceId: 't', at: OLD, ...more });

const ticket = (reloadId: string, more: Fields): StoredDocument =>
  stored(`ticket:reload:acme:${reloadId}`, {
    ...{ type: 'ticket', tenant: 'acme', appId: 'up', chains: ['c'], reloadId, failedAt: OLD, lastFailedAt: OLD },
    ...{ times: 1, waiting: [], ...more },
  });

const act = (subject: string, at: number): StoredDocument =>
  stored(`act:${subject}:${at.toString(36).padStart(9, '0')}:aaaaaa`, { type: 'act', by: 'ann', at, kind: 'dismiss' });

const dead = (hash: string, more: Fields): StoredDocument =>
  stored(`dead:${hash}`, {
    ...{ type: 'dead', tenant: 'acme', body: '{}', isBase64: false, reason: { code: 'c', message: 'm' } },
    ...{ traceId: 't', storedAt: OLD, ...more },
  });

const DEPLOYED = 'dddddddddddddddd';
const JOIN = 'join:acme:down:j1';
/** The deployed chains, which have the link of `JOIN`. */
const CHAINS = { hash: DEPLOYED, since: OLD as EpochMs, joins: new Set([JOIN]) };

const definition = (hash: string, more: Fields = {}): StoredDocument =>
  stored(`definition:${hash}`, {
    ...{ type: 'definition', hash, part: 1, parts: 1, storedAt: OLD, chains: { links: {}, apps: {} } },
    ...more,
  });

const checkpoint = (t: number, more: Fields = {}): StoredDocument =>
  stored('checkpoint:acme', { type: 'checkpoint', t, from: 0, apps: ['up'], store: 's', ...more });

const end = (reloadId: string, at: number): Fields => ({
  ...{ app: 'acme/up', reloadId, endedAt: at, outcome: 'succeeded', hops: 0, root: `event:acme:${reloadId}` },
});

const join = (more: Fields): StoredDocument =>
  stored(JOIN, {
    ...{ type: 'join', tenant: 'acme', appId: 'down', chain: 'c', clause: 'j1', baseHalves: [], log: [], open: [] },
    ...{ rule: { of: { 'acme/up': 'succeeded' }, atLeast: 1, within: HOUR }, ...more },
  });

/** The ids of the documents that a purge removes, in its order. */
const gone = (...documents: readonly StoredDocument[]): readonly string[] => goneBy(CHAINS, ...documents);

function goneBy(deployed: Deployed | undefined, ...documents: readonly StoredDocument[]): readonly string[] {
  const reader = new FootprintReader();
  for (const document of documents) {
    const type = document._id.slice(0, document._id.indexOf(':')) as LedgerType;
    let read: LedgerDocument | undefined;
    try {
      read = LEDGER_READERS[type](document);
    } catch {}
    reader.add(document, read);
  }
  const plan = reader.plan({ now: NOW as EpochMs, retention: days(30), deployed });
  return plan.flat().map(({ _id }) => _id);
}

describe('what a purge removes', () => {
  it('removes what is final for the retention, and what refers to others first', () => {
    const documents = [
      event('e'),
      order('e', { reloadId: 'r', ends: ['r'] }),
      started('r', 'order:acme:down:s:e'),
      event('r'),
      hint('h', { settledAt: OLD, settledAs: 'covered' }),
      dead('d', { replayedAt: OLD }),
      alert('quota', 'acme/down', {}),
      checkpoint(NOW - HOUR),
    ];
    expect(gone(...documents)).to.deep.equal([
      'alert:quota:acme/down',
      'hint:acme:h',
      'dead:d',
      'started:acme:r',
      'event:acme:e',
      'event:acme:r',
      'order:acme:down:s:e',
    ]);
  });

  it('removes what is final for the retention to the millisecond, and keeps what is final for one millisecond less', () => {
    expect(gone(event('e', NOW - 30 * DAY), event('f', NOW - 30 * DAY + 1))).to.deep.equal(['event:acme:e']);
  });

  const OPEN = ['planned', 'claimed', 'unknown', 'parked', 'waiting', 'posted'];
  for (const state of OPEN) {
    it(`keeps an order that is ${state}, its cause, its root, its reload’s end and what started it`, () => {
      const open = order('e', { state, root: 'event:acme:root', reloadId: 'r', dueAt: OLD, endedAt: undefined });
      const documents = [event('e'), event('root'), event('r'), event('other'), started('r', open._id), open];
      expect(gone(...documents)).to.deep.equal(['event:acme:other']);
    });
  }

  for (const [what, more] of Object.entries({
    'that nobody resolved': { resolvedAt: undefined, dueAt: OLD },
    'that was resolved later': { resolvedAt: YOUNG },
    'that was stored later': { storedAt: YOUNG },
    'that is resolved and due': { dueAt: OLD },
    'that was reported for a time which is not old': { reportedEnd: NOW + 365 * DAY },
  })) {
    it(`keeps an event ${what}, and its orders: else they would be ordered again`, () => {
      expect(gone(event('e', OLD, more), order('e'), order('r1.e'), order('x'))).to.deep.equal(['order:acme:down:s:x']);
    });
  }

  it('finds the event of an order in another tenant', () => {
    const cause = 'acme.e';
    const other = { ...order(cause), _id: `order:beta:down:s:${cause}`, tenant: 'beta', root: 'event:acme:e' };
    expect(gone(event('e', YOUNG), other)).to.deep.equal([]);
  });

  it('keeps an end that the sweep may list again: the checkpoint, less what it lists twice, less a day', () => {
    const from = OLD - 10 * DAY;
    const overlap = 15 * 60_000;
    const [before, after] = [event('b', from - overlap - DAY - 1), event('a', from - overlap - DAY)];
    expect(gone(before, after, order('a'), checkpoint(from))).to.deep.equal(['event:acme:b']);
    const behind = checkpoint(NOW, { behind: { up: { t: from } } });
    expect(gone(before, after, behind)).to.deep.equal(['event:acme:b']);
  });

  it('keeps every end of a tenant whose checkpoint cannot be read', () => {
    expect(gone(event('e'), stored('checkpoint:acme', { type: 'checkpoint' }))).to.deep.equal([]);
  });

  it('keeps a merged order and the order that it was merged into together', () => {
    const target = order('t', { endedAt: YOUNG });
    const merged = order('m', { state: 'merged', into: target._id, endedAt: undefined });
    expect(gone(target, merged)).to.deep.equal([]);
    const oldTarget = order('t');
    expect(gone(oldTarget, merged)).to.deep.equal([oldTarget._id, merged._id]);
    // The merged order stays with its event, and holds the other.
    expect(gone(event('m', YOUNG), oldTarget, merged)).to.deep.equal([]);
  });

  it('keeps what says whose a reload is while one of its orders stays', () => {
    const young = order('y', { endedAt: YOUNG });
    expect(gone(young, order('x'), started('r', 'order:acme:down:s:x', [young._id]))).to.deep.equal([
      'order:acme:down:s:x',
    ]);
  });

  it('keeps every order of an app that has one in doubt, and what says whose their reloads are', () => {
    const doubtful = order('d', { state: 'unknown', doubt: { since: OLD }, dueAt: NOW, endedAt: undefined });
    const other = { ...order('o'), _id: 'order:acme:other:s:o', appId: 'other' };
    expect(gone(doubtful, order('x'), started('r', 'order:acme:down:s:x'), other)).to.deep.equal([other._id]);
  });

  it('keeps no order for one of the app that was in doubt, and was given up', () => {
    const given = order('d', { state: 'gave-up', gaveUpAt: OLD, endedAt: undefined, doubt: { since: OLD } });
    expect(gone(given, order('e'))).to.deep.equal([given._id, 'order:acme:down:s:e']);
  });

  it('keeps what a join remembers, and the orders that it has not handed over', () => {
    const open = {
      ...{ order: 'order:acme:down:j1:c', tenant: 'acme', appId: 'down', body: {}, chain: 'c', traceId: 't' },
      lineage: { cause: 'c', others: ['o'], hops: 1, root: 'event:acme:root' },
    };
    const remembering = join({
      ...{ log: [end('l', OLD)], baseHalves: [end('h', OLD)], open: [open], dueAt: OLD },
      fired: { app: 'acme/up', reloadId: 'f', endedAt: OLD },
    });
    const ends = ['l', 'h', 'f', 'c', 'o', 'root', 'x'].map((id) => event(id));
    const called = { ...order('c'), _id: 'order:acme:down:j1:c' };
    expect(gone(...ends, remembering, called)).to.deep.equal(['event:acme:x']);
  });

  describe('of a link that waits for several apps', () => {
    const removed = { ...CHAINS, joins: new Set<string>() };
    const used = join({ log: [end('l', OLD)], fired: { app: 'acme/up', reloadId: 'f', endedAt: OLD - HOUR } });

    it('keeps the memory, with its ends, while the link is deployed, however old its ends are', () => {
      expect(gone(used, event('l'), event('f'))).to.deep.equal([]);
    });

    it('removes the memory before its ends if the chains have not had the link for the retention', () => {
      expect(goneBy(removed, event('l'), used)).to.deep.equal([JOIN, 'event:acme:l']);
    });

    it('keeps it while its newest end is young, or the chains were deployed not long ago', () => {
      for (const more of [
        { log: [end('l', OLD), end('m', YOUNG)] },
        { baseHalves: [end('l', YOUNG)] },
        { baseEnd: { app: 'acme/up', reloadId: 'b', endedAt: YOUNG } },
        { fired: { app: 'acme/up', reloadId: 'f', endedAt: YOUNG } },
      ]) {
        expect(goneBy(removed, event('l'), join(more)), JSON.stringify(more)).to.not.include(JOIN);
      }
      expect(goneBy({ ...removed, since: YOUNG as EpochMs }, event('l'), used)).to.deep.equal([]);
    });

    it('keeps it while an order of it may not be stored yet', () => {
      const open = {
        ...{ order: 'order:acme:down:j1:c', tenant: 'acme', appId: 'down', body: {}, chain: 'c', traceId: 't' },
        lineage: { cause: 'c', hops: 1, root: 'event:acme:root' },
      };
      expect(goneBy(removed, join({ open: [open], dueAt: OLD }))).to.deep.equal([]);
      expect(goneBy(removed, join({ open: [open] }))).to.deep.equal([]);
      expect(goneBy(removed, join({ dueAt: OLD }))).to.deep.equal([]);
    });

    it('keeps it if nobody knows which links are deployed', () => {
      expect(goneBy(undefined, used)).to.deep.equal([]);
      expect(goneBy({ ...CHAINS, joins: undefined }, used)).to.deep.equal([]);
    });
  });

  it('keeps a hint that is not settled, and the end that it may be', () => {
    const open = hint('h', { dueAt: NOW });
    expect(gone(open, event('h'), event('x'), started('h', 'order:acme:down:s:x'))).to.deep.equal(['event:acme:x']);
  });

  it('keeps a ticket until its app has recovered, and as long as a young act is about it', () => {
    expect(gone(ticket('r1', {}))).to.deep.equal([]);
    expect(gone(ticket('r1', { recoveredAt: YOUNG }))).to.deep.equal([]);
    const recovered = ticket('r1', { recoveredAt: OLD });
    const [old, young] = [act(recovered._id, OLD), act(recovered._id, YOUNG)];
    expect(gone(recovered, old)).to.deep.equal([old._id, recovered._id]);
    expect(gone(recovered, old, young)).to.deep.equal([]);
  });

  it('keeps the end with which the streak of a ticket began as long as the ticket stays, for whatever reason', () => {
    const [first, follower] = [event('r1'), order('r1')];
    expect(gone(ticket('r1', {}), first, follower)).to.deep.equal([]);
    expect(gone(ticket('r1', { recoveredAt: YOUNG }), first)).to.deep.equal([]);
    const recovered = ticket('r1', { recoveredAt: OLD });
    expect(gone(recovered, act(recovered._id, YOUNG), first)).to.deep.equal([]);
    expect(gone(first, recovered)).to.deep.equal([recovered._id, first._id]);
  });

  it('keeps the run before a ticket: its reload’s order, what called for that, and so on to the beginning', () => {
    const run = [
      event('root'),
      order('root', { reloadId: 'r0', ends: ['r0'] }),
      event('r0', OLD, { orderId: 'order:acme:down:s:root' }),
      order('r0', { reloadId: 'r1', ends: ['r1'], root: 'event:acme:root', outcome: 'failed' }),
      started('r1', 'order:acme:down:s:r0'),
      event('r1'),
    ];
    expect(gone(ticket('r1', {}), ...run)).to.deep.equal([]);
    expect(gone(ticket('r1', { recoveredAt: OLD }), ...run)).to.have.members([
      ...['ticket:reload:acme:r1', 'started:acme:r1', 'event:acme:root', 'event:acme:r0', 'event:acme:r1'],
      ...['order:acme:down:s:root', 'order:acme:down:s:r0'],
    ]);
  });

  it('keeps no run that comes after what stays: only orders of the ends that stay', () => {
    const [first, follower] = [event('r1'), order('r1', { reloadId: 'r2', ends: ['r2'] })];
    expect(gone(ticket('r1', {}), first, follower, event('r2'), order('r2'))).to.deep.equal([
      ...['event:acme:r2', 'order:acme:down:s:r2'],
    ]);
  });

  it('keeps an act as long as what it is about stays', () => {
    const open = ticket('r1', {});
    expect(gone(open, act(open._id, OLD))).to.deep.equal([]);
    const gaveUp = order('e', { state: 'gave-up', gaveUpAt: YOUNG });
    expect(gone(gaveUp, act(gaveUp._id, OLD))).to.deep.equal([]);
    expect(gone(act('alert:quota:acme/up', OLD))).to.deep.equal([act('alert:quota:acme/up', OLD)._id]);
  });

  it('keeps an alert while it is raised, what it is about, and that an app cannot be seen', () => {
    const about = order('e');
    const raised = alert('gave-up', about._id, { lastAt: YOUNG });
    expect(gone(raised, about, alert('unseen-app', 'acme/up', {}))).to.deep.equal([]);
    expect(gone(alert('gave-up', about._id, {}), about)).to.deep.equal([`alert:gave-up:${about._id}`, about._id]);
  });

  it('keeps a dead letter until a person decided about it', () => {
    expect(gone(dead('a', {}), dead('b', { dismissedAt: OLD }), dead('c', { replayedAt: YOUNG }))).to.deep.equal([
      'dead:b',
    ]);
  });

  it('counts an order from when it was called off, or given up', () => {
    const off = order('a', { state: 'called-off', calledOffAt: YOUNG, endedAt: undefined });
    const gaveUp = order('b', { state: 'gave-up', gaveUpAt: YOUNG, endedAt: undefined });
    const settling = order('c', { state: 'called-off', dueAt: OLD, endedAt: undefined });
    expect(gone(off, gaveUp, settling)).to.deep.equal([]);
  });

  it('counts an order from when somebody replayed it', () => {
    expect(gone(order('a', { replayedAt: YOUNG }), order('b', {}))).to.deep.equal(['order:acme:down:s:b']);
  });

  it('keeps a document that cannot be read, and what stays with it', () => {
    const spoilt = { ...order('e'), state: 'strange' };
    expect(gone(spoilt, started('r', spoilt._id))).to.deep.equal([]);
  });

  it('keeps the definition that is deployed, and those that an event, an order or an open order of a join names', () => {
    const old = ['1', '2', '3', '4'].map((digit) => digit.repeat(16));
    const open = {
      ...{ order: 'order:acme:down:j1:c', tenant: 'acme', appId: 'down', body: {}, chain: 'c', traceId: 't' },
      ...{ definition: '3'.repeat(16), lineage: { cause: 'c', hops: 1, root: 'event:acme:c' } },
    };
    const naming = [
      event('young', YOUNG, { definition: '1'.repeat(16) }),
      order('young', { definition: '2'.repeat(16), createdAt: YOUNG }),
      join({ open: [open], dueAt: OLD }),
      // The event goes, and the definition that it names goes with it.
      event('e', OLD, { definition: '4'.repeat(16) }),
    ];
    const all = [...old, DEPLOYED].map((hash) => definition(hash));
    expect(gone(...naming, ...all)).to.deep.equal(['event:acme:e', 'definition:4444444444444444']);
  });

  it('keeps a definition that was stored not long ago: its deployment may be under way', () => {
    expect(gone(definition('1111111111111111', { storedAt: YOUNG }))).to.deep.equal([]);
    expect(gone(definition('1111111111111111'))).to.deep.equal(['definition:1111111111111111']);
  });

  it('keeps every part of a definition that is named or deployed, and removes every part of another', () => {
    const parts = (hash: string) => [
      definition(hash, { parts: 2 }),
      { ...definition(hash, { parts: 2, part: 2 }), _id: `definition:${hash}:2` },
    ];
    const naming = event('young', YOUNG, { definition: '1'.repeat(16) });
    const all = ['1', '2'].map((digit) => digit.repeat(16)).concat(DEPLOYED);
    expect(gone(naming, ...all.flatMap(parts))).to.deep.equal([
      'definition:2222222222222222',
      'definition:2222222222222222:2',
    ]);
  });

  it('removes no definition if nobody knows what is deployed', () => {
    const reader = new FootprintReader();
    const source = definition('1111111111111111');
    reader.add(source, LEDGER_READERS.definition(source));
    expect(reader.plan({ now: NOW as EpochMs, retention: days(30), deployed: undefined }).flat()).to.deep.equal([]);
  });

  it('never removes what there is one of for each tenant, app or deployed link', () => {
    const gate = stored('gate:acme', { type: 'gate' });
    const park = stored('park:acme:up', { type: 'park', slots: {} });
    const rate = stored('rate:acme:up', { type: 'rate', starts: [] });
    const tenant = stored('tenant:acme', { type: 'tenant', url: 'https://acme.eu.qlikcloud.com' });
    const { schema: _, _id, _rev, type, ...last } = event('e');
    const app = stored('app:acme:up', { type: 'app', last });
    expect(gone(gate, park, rate, tenant, app, join({}), checkpoint(OLD))).to.deep.equal([]);
  });
});
