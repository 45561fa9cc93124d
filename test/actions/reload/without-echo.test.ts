import { expect } from 'chai';
import type { ReloadId } from '../../../src/core/names.ts';
import { ledgerWorld, ORDER, planned, QLIK_AHEAD_MS, silent, started, T } from './support/ledger-world.ts';

const unknown = { ...planned, state: 'unknown', claims: 1, owner: 'act0', dueAt: T };

describe('where Qlik does not echo', () => {
  const doubt = { since: T - 80_000, sentAt: T - 60_000 };
  const inDoubt = { ...unknown, doubt };
  const createdAt = (ms: number) => (T + QLIK_AHEAD_MS + ms) as typeof silent.createdAt;
  const note = (order: string, isGuess: boolean, id = 'r1') => ({
    _id: `started:default:${id}`,
    schema: 1,
    type: 'started',
    order,
    also: [],
    isGuess,
    hops: 1,
    root: 'event:default:r0',
  });
  const other = 'order:default:a:s:r8';

  it('a reload that fits is taken for ours, and said to be a guess', async () => {
    const world = ledgerWorld({ documents: [inDoubt], lists: [[silent]] });
    expect((await world.due()).did).to.equal('adopted');
    expect(world.order()).to.deep.include({ state: 'posted', reloadId: 'r1', isCertain: false });
    expect(world.store.peek('started:default:r1')).to.deep.include({ order: ORDER, isGuess: true });
  });

  it('it fits from 5 s before the doubt began, by Qlik’s clock, which is 40 s ahead', async () => {
    const early = { ...silent, createdAt: createdAt(-85_000) };
    expect((await ledgerWorld({ documents: [inDoubt], lists: [[early]] }).due()).did).to.equal('adopted');
    const tooEarly = { ...silent, createdAt: createdAt(-85_001) };
    const world = ledgerWorld({ documents: [inDoubt], lists: [[tooEarly]], starts: [started] });
    expect((await world.due()).did).to.equal('started');
  });

  it('it fits until 125 s after the last send: what Qlik accepts later is somebody else’s', async () => {
    const late = { ...silent, createdAt: createdAt(65_000) };
    expect((await ledgerWorld({ documents: [inDoubt], lists: [[late]] }).due()).did).to.equal('adopted');
    const tooLate = { ...silent, createdAt: createdAt(65_001) };
    const starts = [{ ...started, reloadId: 'r2' as ReloadId }];
    const world = ledgerWorld({ documents: [inDoubt], lists: [[tooLate]], starts });
    expect(await world.due()).to.deep.include({ did: 'started', reloadId: 'r2' });
  });

  it('if a worker died, it may have sent until its lease ended: also if the next look has no list', async () => {
    const lapsed = { ...inDoubt, state: 'claimed', dueAt: T - 30_000 };
    const late = { ...silent, createdAt: createdAt(95_000) };
    const world = ledgerWorld({ documents: [lapsed], lists: ['unavailable'] });
    expect((await world.due()).did).to.equal('unknown');
    const left = world.order();
    expect(left).to.deep.include({ doubt: { since: T - 80_000, sentAt: T - 30_000 }, dueAt: T + 30_000 });
    const due = { ...unknown, doubt: left?.['doubt'] };
    expect((await ledgerWorld({ documents: [due], lists: [[late]] }).due()).did).to.equal('adopted');
    const tooLate = { ...late, createdAt: createdAt(95_001) };
    expect((await ledgerWorld({ documents: [due], lists: [[tooLate]] }).due()).did).to.equal('unknown');
  });

  it('it is also taken by an activation that stands still for a minute after the list, however it converts the clocks', async () => {
    const late = { ...silent, createdAt: createdAt(65_000) };
    const world = ledgerWorld({ documents: [inDoubt], lists: [[late]], stallsAfterListMs: 60_000 });
    expect((await world.due()).did).to.equal('adopted');
    const early = { ...silent, createdAt: createdAt(-85_000) };
    const other = ledgerWorld({ documents: [inDoubt], lists: [[early]], stallsAfterListMs: 60_000 });
    expect((await other.due()).did).to.equal('adopted');
  });

  it('an order of an earlier version that does not say when it was sent last has no such limit', async () => {
    const late = { ...silent, createdAt: createdAt(3_600_000) };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt: { since: T - 80_000 } }], lists: [[late]] });
    expect((await world.due()).did).to.equal('adopted');
  });

  for (const [what, reload] of [
    ['another user’s', { ...silent, userId: 'them' }],
    ['a schedule’s', { ...silent, type: 'chronos' }],
    ['partial', { ...silent, partial: true }],
    ['one with another resourceId', { ...silent, resourceId: 'task-1' }],
  ] as const) {
    it(`a reload is not ours where it is ${what}`, async () => {
      const world = ledgerWorld({ documents: [inDoubt], lists: [[reload]], starts: [started] });
      expect((await world.due()).did).to.equal('started');
    });
  }

  it('a reload that surely is another order’s is not ours', async () => {
    const world = ledgerWorld({
      documents: [inDoubt, note(other, false)],
      lists: [[silent]],
      starts: [{ ...started, reloadId: 'r2' as ReloadId }],
    });
    expect(await world.due()).to.deep.include({ did: 'started', reloadId: 'r2' });
  });

  it('a reload that a 201 made another order’s is not ours, though we once guessed that it is', async () => {
    const taken = { ...note(other, false), also: [ORDER] };
    const starts = [{ ...started, reloadId: 'r2' as ReloadId }];
    const world = ledgerWorld({ documents: [inDoubt, taken], lists: [[silent]], starts });
    expect(await world.due()).to.deep.include({ did: 'started', reloadId: 'r2' });
  });

  it('a guess is shared: both orders take the same reload for theirs', async () => {
    const world = ledgerWorld({ documents: [inDoubt, note(other, true)], lists: [[silent]] });
    expect((await world.due()).did).to.equal('adopted');
    expect(world.store.peek('started:default:r1')).to.deep.include({ order: other, also: [ORDER], isGuess: true });
  });

  it('of several it is ours by our own note, then one of nobody’s, then another’s guess', async () => {
    const [first, second, third] = ['r1', 'r2', 'r3'].map((id, index) => ({
      ...silent,
      id: id as ReloadId,
      createdAt: createdAt(index),
    }));
    if (first === undefined || second === undefined || third === undefined) return expect.fail('three reloads');
    const lists = [[third, second, first]];
    const notes = [note(other, true, 'r1'), note(ORDER, false, 'r3')];
    expect((await ledgerWorld({ documents: [inDoubt, ...notes], lists }).due()).reloadId).to.equal('r3');
    expect((await ledgerWorld({ documents: [inDoubt, notes[0] ?? planned], lists }).due()).reloadId).to.equal('r2');
  });

  it('a reload that began before the cause ended is not ours, though the clocks would allow it', async () => {
    const nearlyOurs = { ...silent, createdAt: createdAt(-82_000) };
    const didWith = async (endedMs: number) => {
      const reload = { ...silent, id: 'r0' as ReloadId, endedAt: createdAt(endedMs) };
      const script = { documents: [inDoubt], lists: [[nearlyOurs]], starts: [started] };
      const world = ledgerWorld({ ...script, gets: { kind: 'found', reload } });
      const { did } = await world.due();
      expect(world.did).to.include('GET r0');
      return did;
    };
    expect(await didWith(-81_999)).to.equal('started');
    expect(await didWith(-82_000)).to.equal('adopted');
  });

  it('nothing is taken or posted where Qlik does not answer when the cause ended', async () => {
    const gets = { kind: 'unavailable', message: 'Qlik answered 503' } as const;
    const world = ledgerWorld({ documents: [inDoubt], lists: [[silent]], starts: [started], gets });
    expect((await world.due()).did).to.equal('unknown');
  });

  it('a cause that Qlik does not show to us is no bound', async () => {
    const gets = { kind: 'refused', message: 'Qlik answered 403' } as const;
    expect((await ledgerWorld({ documents: [inDoubt], lists: [[silent]], gets }).due()).did).to.equal('adopted');
  });

  for (const cause of ['m.5f0e', 'r1.r0', 'r12.r0', 'eu.r0', 'x.5f0e']) {
    it(`Qlik is not asked for a cause that is no reload of this tenant: ${cause}`, async () => {
      const gets = { kind: 'unavailable', message: 'Qlik answered 400' } as const;
      const world = ledgerWorld({ documents: [{ ...inDoubt, causes: [cause] }], lists: [[silent]], gets });
      expect((await world.due()).did).to.equal('adopted');
      expect(world.did).to.not.include(`GET ${cause}`);
    });
  }

  it('nothing is taken while Qlik may still show the cause late', async () => {
    const young = { ...inDoubt, createdAt: T - 59_999 };
    expect((await ledgerWorld({ documents: [young], lists: [[silent]] }).due()).did).to.equal('unknown');
  });

  it('our own guess is noted once', async () => {
    const mine = note(ORDER, true);
    const shared = { ...note(other, true), also: [ORDER] };
    for (const known of [mine, shared]) {
      const world = ledgerWorld({ documents: [inDoubt, known], lists: [[silent]] });
      expect((await world.due()).did).to.equal('adopted');
      expect(world.store.peek('started:default:r1')).to.deep.equal({ ...known, _rev: '1-seed' });
    }
  });

  it('it is certain where a bulk that was cut left our own note', async () => {
    const world = ledgerWorld({ documents: [inDoubt, note(ORDER, false)], lists: [[silent]] });
    await world.due();
    expect(world.order()).to.deep.include({ reloadId: 'r1', isCertain: true });
  });

  it('a guess that turns out to be another’s while it is written leaves the doubt', async () => {
    const world = ledgerWorld({ documents: [inDoubt], lists: [[silent]] });
    world.store.intrude('put', () => undefined);
    world.store.intrude('put', () => world.store.seed(note(other, false)));
    expect((await world.due()).did).to.equal('unknown');
    expect(world.order()?.['doubt']).to.deep.equal(doubt);
  });

  it('nothing is posted where neither our user nor Qlik’s clock is known and a reload fits', async () => {
    for (const script of [{ user: undefined }, { tellsClock: false }]) {
      const world = ledgerWorld({ documents: [inDoubt], lists: [[silent]], starts: [started], ...script });
      expect((await world.due()).did).to.equal('unknown');
    }
  });

  it('a guess is not cancelled where the order got another reload', async () => {
    const world = ledgerWorld({ documents: [inDoubt], lists: [[silent]] });
    const posted = { ...inDoubt, _rev: '9-else', state: 'posted', reloadId: 'r5', isCertain: true };
    world.store.intrude('put', () => undefined);
    world.store.intrude('put', () => undefined);
    world.store.intrude('put', () => world.store.seed(posted));
    expect((await world.due()).did).to.equal('taken');
    expect(world.did).to.not.include('CANCEL r1');
  });
});
