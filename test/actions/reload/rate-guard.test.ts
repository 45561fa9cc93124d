import { expect } from 'chai';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { countStart } from '../../../src/ledger/count-start.ts';
import { readOrder } from '../../../src/ledger/documents/order.ts';
import { patient } from '../../../src/ledger/patient-store.ts';
import { ledgerWorld, ORDER, planned, type Script, started, T } from './support/ledger-world.ts';

const unsure = { ...planned, areHopsUnsure: true };
const RATE = 'rate:default:a';
const start = (agoMs: number, order = `order:default:a:s:r-${agoMs}`) => ({ order, at: T - agoMs });
const rate = (...starts: readonly object[]) => ({ _id: RATE, _rev: '1-a', schema: 1, type: 'rate', starts });
const worldOf = (script: Script) => ledgerWorld({ documents: [unsure], starts: [started], ...script });
const HOUR_MS = 3_600_000;

/** These worlds let two starts an hour through. */
describe('an order whose hops nobody can count', () => {
  it('waits until the oldest of our starts in the last hour is an hour old, with an alert', async () => {
    const world = worldOf({ documents: [unsure, rate(start(1_800_000), start(60_000))] });
    expect((await world.created()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 1_800_000 });
    expect(world.order()).to.not.have.property('doubt');
    expect(world.posts).to.deep.equal([]);
    expect(world.store.peek('alert:too-many-starts:default:a')?.['kind']).to.equal('too-many-starts');
    expect(world.store.peek(RATE)).to.have.property('_rev', '1-a');
  });

  it('is counted before it is posted, with one start less', async () => {
    const world = worldOf({ documents: [unsure, rate(start(60_000))] });
    expect((await world.created()).did).to.equal('started');
    expect(world.store.peek(RATE)?.['starts']).to.deep.equal([start(60_000), { order: ORDER, at: T }]);
    expect(world.did.indexOf(`put ${RATE}`)).to.be.below(world.did.indexOf('POST'));
  });

  it('is counted once, however often it is tried', async () => {
    const world = worldOf({ documents: [unsure, rate(start(60_000), start(50_000, ORDER))] });
    expect((await world.created()).did).to.equal('started');
    expect(world.did).to.not.include(`put ${RATE}`);
  });

  it('is not held back by a start that is an hour old, which is then forgotten', async () => {
    const world = worldOf({ documents: [unsure, rate(start(HOUR_MS), start(60_000))] });
    expect((await world.created()).did).to.equal('started');
    expect(world.store.peek(RATE)?.['starts']).to.deep.equal([start(60_000), { order: ORDER, at: T }]);
    const younger = worldOf({ documents: [unsure, rate(start(HOUR_MS - 1), start(60_000))] });
    expect((await younger.created()).did).to.equal('waiting');
  });

  it('is not held back by a start that is said to be hours ahead', async () => {
    const world = worldOf({ documents: [unsure, rate(start(60_000), start(-HOUR_MS))] });
    expect((await world.created()).did).to.equal('started');
  });

  it('does not depend on Qlik’s list', async () => {
    for (const look of ['unavailable', 'forbidden'] as const) {
      const world = worldOf({ lists: [look] });
      expect((await world.created()).did).to.equal('started');
      expect(world.did).to.not.include('LIST');
    }
  });

  it('is let through by a document that somebody spoilt, which is written anew', async () => {
    const world = worldOf({ documents: [unsure, { ...rate(), starts: 'none' }] });
    expect((await world.created()).did).to.equal('started');
    expect(world.store.peek(RATE)?.['starts']).to.deep.equal([{ order: ORDER, at: T }]);
  });

  it('is not posted there in doubt, where Qlik refuses its app’s list', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const inDoubt = { ...unsure, state: 'unknown', doubt, claims: 1, owner: 'act0', dueAt: T };
    const world = worldOf({ documents: [inDoubt], lists: ['forbidden'] });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.posts).to.deep.equal([]);
  });

  it('is alone in this: of others nothing is counted', async () => {
    const world = ledgerWorld({ documents: [planned, rate(start(1), start(2))], starts: [started] });
    expect((await world.created()).did).to.equal('started');
    expect(world.did.filter((call) => call.includes(RATE))).to.deep.equal([]);
  });

  it('is one of two that are let through, of eight at once', async () => {
    const orders = Array.from({ length: 8 }, (_, n) => ({
      ...unsure,
      _id: `order:default:a:s:r${n}`,
      causes: [`r${n}`],
    }));
    const { ports, store } = worldOf({ documents: orders });
    const clock = () => T as EpochMs;
    const counted = await Promise.all(
      orders.map((order) =>
        countStart(readOrder({ ...order, _rev: '1-a' } as StoredDocument), {
          ...ports,
          patientStore: patient(store, ports),
          clock,
        }),
      ),
    );
    expect(counted.filter(({ kind }) => kind === 'may-start')).to.have.length(2);
  });

  it('waits a minute, without an alert, where others write its app’s starts faster than it can', async () => {
    const world = worldOf({});
    // Somebody else’s write before each of ours.
    for (let n = 1; n <= 30; n += 1) world.store.intrude('put', () => world.store.seed({ ...rate(), _rev: `${n}-b` }));
    expect((await world.created()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 60_000 });
    expect(world.order()?.['reason']).to.deep.include({ code: 'STORE_UNAVAILABLE' });
    expect(world.order()).to.not.have.property('doubt');
    expect(world.posts).to.deep.equal([]);
    expect(world.store.all().filter(({ _id }) => _id.startsWith('alert:'))).to.deep.equal([]);
  });
});
