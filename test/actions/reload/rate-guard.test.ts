import { expect } from 'chai';
import type { ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import type { ReloadId } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { ledgerWorld, over, planned, QLIK_AHEAD_MS, type Script, silent, started, T } from './support/ledger-world.ts';

const unsure = { ...planned, areHopsUnsure: true };
const agoMs = (ms: number, fields: Partial<ReloadRecord> = {}): ReloadRecord => ({
  ...over(silent),
  id: `r-${ms}` as ReloadId,
  createdAt: (T + QLIK_AHEAD_MS - ms) as EpochMs,
  ...fields,
});
const HOUR_MS = 3_600_000;
const worldOf = (script: Script) => ledgerWorld({ documents: [unsure], starts: [started], ...script });

describe('an order whose hops nobody can count', () => {
  it('waits until the oldest of the starts in the last hour is an hour old, by the store’s clock, with an alert', async () => {
    const world = worldOf({ lists: [[agoMs(60_000), agoMs(1_800_000)]] });
    expect((await world.created()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 1_800_000 });
    expect(world.order()).to.not.have.property('doubt');
    expect(world.posts).to.deep.equal([]);
    expect(world.store.peek('alert:too-many-starts:default:a')?.['kind']).to.equal('too-many-starts');
  });

  it('is posted with one start less', async () => {
    expect((await worldOf({ lists: [[agoMs(60_000)]] }).created()).did).to.equal('started');
  });

  for (const [what, second] of [
    ['an hour old', agoMs(HOUR_MS)],
    ['another user’s', agoMs(120_000, { userId: 'them' })],
    ['a person’s in the hub', agoMs(120_000, { type: 'hub' })],
  ] as const) {
    it(`is not held back by a reload that is ${what}`, async () => {
      expect((await worldOf({ lists: [[agoMs(60_000), second]] }).created()).did).to.equal('started');
    });
  }

  it('waits a minute where the tenant does not tell', async () => {
    for (const script of [{ lists: ['unavailable'] as const }, { user: undefined }]) {
      const world = worldOf(script);
      expect((await world.created()).did).to.equal('waiting');
      expect(world.order()?.['dueAt']).to.equal(T + 60_000);
    }
  });

  it('is alone in this: others are posted without a look at the list', async () => {
    const world = ledgerWorld({ starts: [started], lists: [[agoMs(60_000), agoMs(1_800_000)]] });
    expect((await world.created()).did).to.equal('started');
    expect(world.did).to.not.include('LIST');
  });
});
