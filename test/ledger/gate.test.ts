import { expect } from 'chai';
import type { TenantName } from '../../src/core/names.ts';
import { type DurationMs, type EpochMs, seconds } from '../../src/core/units.ts';
import { takeSlots } from '../../src/ledger/gate.ts';
import { memoryCouch } from '../support/memory-couch.ts';

const T = 1_800_000_000_000;
const TENANT = 'default' as TenantName;
const line = (): void => {};
const log = { info: line, warn: line, error: line };

/** Slots two seconds apart, for ten seconds ahead. */
const wanted = (waiting: number, after = T) => ({
  waiting,
  after: after as EpochMs,
  until: (after + 10_000) as EpochMs,
  spacing: seconds(2) as DurationMs,
});

function storeWith(gate?: object) {
  const store = memoryCouch(() => T as EpochMs);
  if (gate !== undefined) store.seed({ _id: 'gate:default', schema: 1, type: 'gate', ...gate });
  return store;
}

describe('the slots of orders that wait for their tenant', () => {
  it('begin after the gate opens, one spacing apart, and are remembered', async () => {
    const store = storeWith({ until: T + 3_000, echoes: true });
    const taken = await takeSlots(TENANT, wanted(2), store, log);
    expect(taken).to.deep.equal({ before: 0, slots: [T + 5_000, T + 7_000] });
    expect(store.peek('gate:default')).to.deep.include({ until: T + 3_000, lastSlot: T + 7_000, echoes: true });
  });

  it('begin now where the gate has long been open', async () => {
    const store = storeWith({ until: T - 90_000, lastSlot: T - 60_000 });
    expect((await takeSlots(TENANT, wanted(1), store, log)).slots).to.deep.equal([T + 2_000]);
  });

  it('are given as far as the next sweep, and to no more orders than wait', async () => {
    expect((await takeSlots(TENANT, wanted(9), storeWith(), log)).slots).to.deep.equal(
      [2_000, 4_000, 6_000, 8_000, 10_000].map((ms) => T + ms),
    );
  });

  it('go on after those of an earlier sweep, whose orders keep theirs', async () => {
    const store = storeWith({ lastSlot: T + 6_000 });
    expect(await takeSlots(TENANT, wanted(4), store, log)).to.deep.equal({ before: 3, slots: [T + 8_000] });
  });

  it('are given anew where a new 429 shut the gate beyond them', async () => {
    const store = storeWith({ until: T + 6_500, lastSlot: T + 6_000 });
    expect(await takeSlots(TENANT, wanted(4), store, log)).to.deep.equal({ before: 0, slots: [T + 8_500] });
  });

  it('are counted also if the earlier ones lie between the ones of now', async () => {
    const store = storeWith({ lastSlot: T + 5_000 });
    expect(await takeSlots(TENANT, wanted(4), store, log)).to.deep.equal({ before: 3, slots: [T + 7_000] });
  });

  it('are given to nobody if they could not be written', async () => {
    const store = storeWith();
    store.fail('put', 'before');
    expect(await takeSlots(TENANT, wanted(4), store, log)).to.deep.equal({ before: 0, slots: [] });
  });

  it('are not written where all orders have one', async () => {
    const store = storeWith({ lastSlot: T + 6_000 });
    expect((await takeSlots(TENANT, wanted(3), store, log)).slots).to.deep.equal([]);
    expect(store.asked).to.deep.equal(['get gate:default']);
  });

  it('are each given once, though four take them at the same time', async () => {
    const store = storeWith({ until: T });
    const four = Array.from({ length: 4 }, () =>
      takeSlots(TENANT, { ...wanted(4), until: (T + 60_000) as EpochMs }, store, log),
    );
    const given = (await Promise.all(four)).flatMap(({ slots }) => slots);
    expect(given).to.deep.equal([2_000, 4_000, 6_000, 8_000].map((ms) => T + ms));
  });
});
