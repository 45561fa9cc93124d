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

  it('waits a minute where the tenant does not tell, and after an hour of that people are told', async () => {
    const alertOf = async (ageMs: number) => {
      const documents = [{ ...unsure, createdAt: T - ageMs }];
      const world = worldOf({ documents, lists: ['unavailable'] });
      expect((await world.created()).did).to.equal('waiting');
      expect(world.order()?.['dueAt']).to.equal(T + 60_000);
      return world.store.peek('alert:in-doubt:order:default:a:s:r0')?.['kind'];
    };
    expect(await alertOf(HOUR_MS - 1)).to.equal(undefined);
    expect(await alertOf(HOUR_MS)).to.equal('in-doubt');
  });

  it('counts every user’s starts by the API where the tenant does not tell our user', async () => {
    const theirs = agoMs(120_000, { userId: 'them' });
    const hubs = agoMs(120_000, { type: 'hub' });
    const world = worldOf({ lists: [[agoMs(60_000), theirs]], user: undefined });
    expect((await world.created()).did).to.equal('waiting');
    expect(world.order()?.['dueAt']).to.equal(T + HOUR_MS - 120_000);
    expect((await worldOf({ lists: [[agoMs(60_000), hubs]], user: undefined }).created()).did).to.equal('started');
  });

  it('is posted where Qlik refuses to show its app’s list: the answer to the POST decides', async () => {
    const refused = { kind: 'permanent', code: 'QLIK_REFUSED', message: 'Qlik answered 403' } as const;
    const world = worldOf({ lists: ['forbidden'], starts: [refused] });
    expect((await world.created()).did).to.equal('gave-up');
    expect((await worldOf({ lists: ['forbidden'] }).created()).did).to.equal('started');
  });

  it('is not posted there in doubt', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const inDoubt = { ...unsure, state: 'unknown', doubt, claims: 1, owner: 'act0', dueAt: T };
    const world = worldOf({ documents: [inDoubt], lists: ['forbidden'] });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.posts).to.deep.equal([]);
  });

  it('is alone in this: others are posted without a look at the list', async () => {
    const world = ledgerWorld({ starts: [started], lists: [[agoMs(60_000), agoMs(1_800_000)]] });
    expect((await world.created()).did).to.equal('started');
    expect(world.did).to.not.include('LIST');
  });
});
