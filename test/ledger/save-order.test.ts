import { expect } from 'chai';
import type { EpochMs } from '../../src/core/units.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { patient } from '../../src/ledger/patient-store.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { memoryCouch } from '../support/memory-couch.ts';
import { plannedOrder } from '../support/planned-order.ts';

const T = 1_800_000_000_000;
const order = {
  ...plannedOrder,
  _rev: '1-seed',
  state: 'claimed',
  claims: 1,
  owner: 'act1',
} as unknown as OrderDocument;

function world() {
  let nowMs = T;
  const store = memoryCouch(() => nowMs as EpochMs);
  store.seed({ ...order, state: 'planned', claims: 0 });
  const patience = {
    deadline: (T + 30_000) as EpochMs,
    now: () => nowMs as EpochMs,
    sleep: async (durationMs: number) => {
      nowMs += durationMs;
    },
    random: () => 0.5,
  };
  return {
    store,
    elapsedMs: () => nowMs - T,
    save: (tries?: number) => saveOrder(order, patient(store, patience, tries)),
  };
}

const theirs = (fields: object, _rev: string) => ({ ...order, ...fields, _rev });

describe('an order that is saved', () => {
  it('has the rev that the store gave it', async () => {
    expect(await world().save()).to.deep.equal({ kind: 'stored', order: { ...order, _rev: '2-aaaaaaaa' } });
  });

  it('is ours after a lost answer only as the next generation with our claim and state', async () => {
    for (const [what, document] of [
      ['another activation’s', theirs({ owner: 'act2' }, '2-x')],
      ['another claim of ours', theirs({ claims: 2 }, '2-x')],
      ['another state', theirs({ state: 'unknown' }, '2-x')],
      ['a later generation', theirs({}, '3-x')],
    ] as const) {
      const { store, save } = world();
      store.fail('put', 'before');
      store.intrude('put', () => store.seed(document));
      expect(await save(), what).to.deep.equal({ kind: 'conflict' });
    }
  });

  it('is tried again, with longer pauses, until a request could outlive the run', async () => {
    const { store, save, elapsedMs } = world();
    store.fail('put', 'before', 99);
    const error = await save().catch((reason) => reason);
    expect(error).to.have.property('code', 'STORE_UNAVAILABLE');
    // 200 + 400 + 800 + 1600 + 3200 + 5000 + 5000; with 5000 more a request of 10 s would end after the 30 s.
    expect([store.asked.length, elapsedMs()]).to.deep.equal([8, 16_200]);
  });

  it('is not tried more often than asked for', async () => {
    const { store, save } = world();
    store.fail('put', 'before', 99);
    await save(3).catch(() => undefined);
    expect(store.asked).to.have.length(3);
  });
});
