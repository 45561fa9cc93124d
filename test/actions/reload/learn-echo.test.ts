import { expect } from 'chai';
import type { ReloadId, TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { noteEcho, shutGate } from '../../../src/ledger/gate.ts';
import { BOUND, echoed, ledgerWorld, noAnswer, ORDER, planned, silent, started, T } from './support/ledger-world.ts';

const DEFAULT = 'default' as TenantName;
const SECOND = 'second' as TenantName;
const GATE = 'gate:default';
const HERE = BOUND.url;
const BEFORE = 'https://before.eu.qlikcloud.com';
const doubt = { since: T - 80_000, sentAt: T - 60_000 };
const inDoubt = { ...planned, state: 'unknown', claims: 1, owner: 'act0', dueAt: T, doubt };
/** Another order's reload, as the list of a tenant that echoes shows it. */
const another = { ...silent, id: 'r5' as ReloadId, resourceId: 'order:default:a:s:r4~1' };

describe('whether a tenant gives our ids back', () => {
  for (const [what, record, echoes] of [
    ['does', echoed, true],
    ['does not', silent, false],
    ['gives another one', { ...silent, resourceId: 'task-1' }, false],
  ] as const) {
    it(`is asked of the first reload that a 201 made ours, and remembered: it ${what}`, async () => {
      const world = ledgerWorld({ echoes: 'unknown', starts: [started], gets: { kind: 'found', reload: record } });
      expect((await world.created()).did).to.equal('started');
      expect(world.store.peek(GATE)).to.deep.include({ schema: 1, type: 'gate', echoes, echoesAt: HERE });
      expect(world.did.slice(2)).to.deep.equal([
        `bulk started:default:r1 ${ORDER}`,
        'GET r1',
        'get gate:default',
        'put gate:default',
      ]);
    });
  }

  for (const echoes of [true, false]) {
    it(`costs nothing once it is known: ${echoes}`, async () => {
      const world = ledgerWorld({ echoes, starts: [started] });
      await world.created();
      expect(world.did).to.deep.equal([`put ${ORDER}`, 'POST', `bulk started:default:r1 ${ORDER}`]);
      const due = ledgerWorld({ echoes, starts: [started] });
      await due.due();
      expect(due.did).to.not.include('GET r1');
    });
  }

  for (const gets of [
    { kind: 'absent' },
    { kind: 'refused', message: 'Qlik answered 403' },
    { kind: 'unavailable', message: 'Qlik answered 503' },
  ] as const) {
    it(`stays unknown where Qlik does not tell: ${gets.kind}`, async () => {
      const world = ledgerWorld({ echoes: 'unknown', starts: [started], gets });
      expect((await world.created()).did).to.equal('started');
      expect(world.store.peek(GATE)).to.equal(undefined);
    });
  }

  it('is remembered from a list that shows an order of ours, though it was said before that it does not', async () => {
    for (const echoes of ['unknown', false] as const) {
      const world = ledgerWorld({ echoes, documents: [inDoubt], lists: [[another]], starts: [started] });
      expect((await world.due()).did).to.equal('started');
      expect(world.store.peek(GATE)).to.deep.include({ echoes: true });
    }
  });

  it('is never taken back, and is kept where the gate is shut, as that is where it is learned', async () => {
    const { store, ports } = ledgerWorld({ echoes: true });
    await noteEcho(DEFAULT, { echoes: false, at: HERE }, store, ports.log);
    await shutGate(DEFAULT, (T + 5_000) as EpochMs, store, ports.log);
    expect(store.peek(GATE)).to.deep.include({ echoes: true, until: T + 5_000 });
    await noteEcho(SECOND, { echoes: false, at: HERE }, store, ports.log);
    await shutGate(SECOND, (T + 5_000) as EpochMs, store, ports.log);
    await noteEcho(SECOND, { echoes: true, at: HERE }, store, ports.log);
    expect(store.peek('gate:second')).to.deep.include({ echoes: true, until: T + 5_000 });
  });

  it('is a fact about an address: a tenant that moved is asked anew, and true of the one before is no true of this', async () => {
    const { store, ports } = ledgerWorld({ echoes: 'unknown' });
    await noteEcho(DEFAULT, { echoes: true, at: BEFORE }, store, ports.log);
    await noteEcho(DEFAULT, { echoes: false, at: HERE }, store, ports.log);
    expect(store.peek(GATE)).to.deep.include({ echoes: false, echoesAt: HERE });
    const world = ledgerWorld({ echoes: 'unknown', starts: [started], gets: { kind: 'found', reload: silent } });
    world.store.seed({ _id: GATE, schema: 1, type: 'gate', echoes: true, echoesAt: BEFORE });
    await world.due();
    expect(world.store.peek(GATE)).to.deep.include({ echoes: false, echoesAt: HERE });
  });

  it('is not known where nobody wrote down of which address it was learned', async () => {
    const world = ledgerWorld({ echoes: 'unknown', documents: [inDoubt], lists: [[silent]], starts: [started] });
    world.store.seed({ _id: GATE, schema: 1, type: 'gate', echoes: true });
    expect((await world.due()).did).to.equal('unknown');
  });

  it('is remembered though somebody else changes the gate at once', async () => {
    const world = ledgerWorld({ echoes: 'unknown', starts: [started], gets: { kind: 'found', reload: echoed } });
    world.store.intrude('put', () => undefined);
    world.store.intrude('put', () => world.store.seed({ _id: GATE, schema: 1, type: 'gate', until: T + 9_000 }));
    await world.created();
    expect(world.store.peek(GATE)).to.deep.include({ echoes: true, until: T + 9_000 });
  });

  it('is learned by the way: an order is started where it cannot be written', async () => {
    const world = ledgerWorld({ echoes: 'unknown', starts: [started], gets: { kind: 'found', reload: echoed } });
    world.store.fail('get', 'before');
    expect((await world.created()).did).to.equal('started');
  });
});

describe('an order in doubt, with a reload in the list that may be its own', () => {
  it('does not take it where the tenant gives our ids back, though no list of ours shows that', async () => {
    const world = ledgerWorld({ echoes: true, documents: [inDoubt], lists: [[silent]], starts: [started] });
    expect((await world.due()).did).to.equal('started');
    expect(world.did).to.not.include('USER');
    const justSent = ledgerWorld({ echoes: true, lists: [[silent]], starts: [noAnswer] });
    expect((await justSent.created()).did).to.equal('unknown');
  });

  it('neither takes it nor is posted while nobody knows whether the tenant does', async () => {
    const world = ledgerWorld({ echoes: 'unknown', documents: [inDoubt], lists: [[silent]], starts: [started] });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.posts).to.deep.equal([]);
    expect(world.order()?.['reason']).to.deep.include({ code: 'QLIK_UNKNOWN' });
    expect(world.order()).to.not.have.property('reloadId');
  });

  it('is not posted a second time where only the address before echoed', async () => {
    const world = ledgerWorld({ echoes: 'unknown', documents: [inDoubt], lists: [[silent]], starts: [started] });
    world.store.seed({ _id: GATE, schema: 1, type: 'gate', echoes: true, echoesAt: BEFORE });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.posts).to.deep.equal([]);
  });

  it('is posted even then where no reload fits: it is absent by either', async () => {
    const theirs = { ...silent, userId: 'them' };
    const world = ledgerWorld({ echoes: 'unknown', documents: [inDoubt], lists: [[theirs]], starts: [started] });
    expect((await world.due()).did).to.equal('started');
  });

  it('takes it even then where a 201 had made it its own', async () => {
    const note = { _id: 'started:default:r1', schema: 1, type: 'started', order: ORDER, also: [], isGuess: false };
    const documents = [inDoubt, { ...note, hops: 1, root: 'event:default:r0' }];
    const world = ledgerWorld({ echoes: 'unknown', documents, lists: [[silent]] });
    expect(await world.due()).to.deep.include({ did: 'adopted', reloadId: 'r1' });
  });
});
