import { expect } from 'chai';
import type { ReloadId } from '../../../src/core/names.ts';
import {
  echoed,
  ledgerWorld,
  noAnswer,
  ORDER,
  over,
  planned,
  QLIK_AHEAD_MS,
  started,
  T,
  theirs,
  waitOf,
} from './support/ledger-world.ts';

/** A reload that was created before a doubt that began 80 s ago. */
const old = { ...over(theirs), createdAt: (T + QLIK_AHEAD_MS - 85_001) as typeof theirs.createdAt };
const unknown = { ...planned, state: 'unknown', claims: 1, owner: 'act0', dueAt: T };

describe('an order in doubt', () => {
  it('is not posted before the list was seen, and its reload is taken', async () => {
    const world = ledgerWorld({
      documents: [{ ...unknown, doubt: { since: T - 80_000, sentAt: T - 60_000 } }],
      lists: [[echoed]],
    });
    expect((await world.due()).did).to.equal('adopted');
    expect(world.posts).to.deep.equal([]);
  });

  it('stays unknown where the list shows its reload with an id that is none: neither taken nor posted again', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const world = ledgerWorld({
      documents: [{ ...unknown, doubt }],
      lists: [[{ ...echoed, id: 'r\ufffd' as ReloadId }]],
    });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.posts).to.deep.equal([]);
    expect(world.order())
      .to.deep.include({ doubt, dueAt: T + 60_000 })
      .and.not.have.property('reloadId');
  });

  it('is posted again where its reload is absent 60 s after the last send', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }], starts: [started] });
    expect((await world.due()).did).to.equal('started');
    expect(world.did.filter((each) => !each.includes(':'))).to.deep.equal(['LIST', 'POST']);
    expect(world.order()).to.not.have.property('doubt');
  });

  it('stays unknown where the last send is a millisecond younger', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 59_999 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }], starts: [started] });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.order()).to.deep.include({ doubt, dueAt: T + 1 });
    expect(world.posts).to.deep.equal([]);
  });

  it('stays unknown for another grace where there is no list', async () => {
    const doubt = { since: T - 380_000, sentAt: T - 300_000 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }], lists: ['unavailable'] });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.order()).to.deep.include({ doubt, dueAt: T + 60_000 });
  });

  it('is looked for also where a lease lapsed without a word', async () => {
    const claimed = { ...unknown, state: 'claimed', doubt: { since: T - 150_000 } };
    const world = ledgerWorld({ documents: [claimed], lists: [[echoed]] });
    expect((await world.due()).did).to.equal('adopted');
  });

  it('is posted again a grace after a lease lapsed without a word, not before: its worker may have stalled', async () => {
    const lapsed = (ms: number) => ({ ...unknown, state: 'claimed', doubt: { since: T - 900_000 }, dueAt: T + ms });
    const early = ledgerWorld({ documents: [lapsed(-59_999)], starts: [started] });
    expect((await early.due()).did).to.equal('unknown');
    expect(early.order()?.['dueAt']).to.equal(T + 1);
    expect((await ledgerWorld({ documents: [lapsed(-60_000)], starts: [started] }).due()).did).to.equal('started');
  });

  it('keeps its doubt at the gate', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T + 7_000 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }, gate] });
    expect((await world.due()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', doubt: { ...doubt, absentAt: T }, dueAt: T + 7_000 });
  });

  it('keeps it with every refusal, and when a list proved its reload absent', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }], starts: [waitOf('QLIK_RATE_LIMITED', 5_000)] });
    await world.due();
    expect(world.order()?.['doubt']).to.deep.equal({ ...doubt, absentAt: T });
  });

  it('doubts only the new POST where the older doubt was settled', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }], starts: [noAnswer] });
    await world.due();
    expect(world.order()?.['doubt']).to.deep.equal({ since: T, sentAt: T, first: T - 80_000 });
  });

  it('is told to people once it has been in doubt for an hour, whatever keeps it there, and looked for once an hour then', async () => {
    const alertAfter = async (doubt: object, script: object, inMs: number) => {
      const world = ledgerWorld({ documents: [{ ...unknown, doubt }], ...script });
      expect((await world.due()).did).to.equal('unknown');
      expect(world.order()?.['dueAt']).to.equal(T + inMs);
      return world.store.peek(`alert:in-doubt:${ORDER}`)?.['kind'];
    };
    const noList = { lists: ['unavailable'] as const };
    expect(await alertAfter({ since: T - 3_599_999, sentAt: T - 3_599_999 }, noList, 60_000)).to.equal(undefined);
    expect(await alertAfter({ since: T - 3_600_000, sentAt: T - 3_600_000 }, noList, 3_600_000)).to.equal('in-doubt');
    const followed = { since: T - 80_000, sentAt: T - 60_000, first: T - 3_600_000 };
    // A POST just sent is looked for after the grace, whatever was before it.
    expect(await alertAfter(followed, { starts: [noAnswer] }, 60_000)).to.equal('in-doubt');
  });

  it('is told of in whole sentences', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000, first: T - 3_600_000 };
    const starts = [{ kind: 'unknown', message: 'Qlik gave no answer.' }] as const;
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }], starts });
    await world.due();
    const message = world.store.peek(`alert:in-doubt:${ORDER}`)?.['message'];
    expect(message).to.contain('was started: Qlik gave no answer. May').and.not.to.contain('..');
  });

  it('is not posted where one page of Qlik’s list does not reach back to the doubt: the next ones are read', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const hundred = Array.from({ length: 100 }, (_, index) => ({ ...theirs, id: `r${1_000 + index}` as ReloadId }));
    const script = { documents: [{ ...unknown, doubt }], lists: [hundred], starts: [started] };
    const found = ledgerWorld({ ...script, olderPages: [hundred, [echoed], [theirs]] });
    expect((await found.due()).did).to.equal('adopted');
    expect(found.did.filter((each) => /^(LIST|PAGE|POST)/.test(each))).to.deep.equal(['LIST', 'PAGE 1', 'PAGE 2']);
    const absent = ledgerWorld({ ...script, olderPages: [hundred, [old]] });
    expect((await absent.due()).did).to.equal('started');
    expect(absent.did.filter((each) => /^(LIST|PAGE|POST)/.test(each)).at(-1)).to.equal('POST');
  });

  it('is given up where Qlik’s list shows ten ended reloads, and none from before the doubt: ours may be forgotten', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const ended = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...over(theirs), id: `r${100 + index}` as ReloadId }));
    const withList = (...list: (typeof theirs)[]) =>
      ledgerWorld({ documents: [{ ...unknown, doubt }], lists: [list], starts: [started] });
    const forgotten = withList(theirs, ...ended(10));
    expect((await forgotten.due()).did).to.equal('gave-up');
    expect(forgotten.posts).to.deep.equal([]);
    expect(forgotten.order()).to.deep.include({ state: 'gave-up', doubt });
    expect(forgotten.order()).not.to.have.property('dueAt');
    const alert = forgotten.store.peek(`alert:gave-up:${ORDER}`)?.['message'];
    expect(alert).to.contain('may not have been reloaded: Qlik’s list of the app does not reach back any more');
    const young = { ...doubt, sentAt: T - 59_999 };
    const tooEarly = ledgerWorld({ documents: [{ ...unknown, doubt: young }], lists: [ended(10)] });
    expect((await tooEarly.due()).did).to.equal('unknown');
    expect((await withList(theirs, ...ended(9)).due()).did).to.equal('started');
    expect((await withList(...ended(10), old).due()).did).to.equal('started');
    // The list shows an active reload however old it is.
    expect((await withList(...ended(10), { ...theirs, createdAt: old.createdAt }).due()).did).to.equal('gave-up');
  });

  it('is looked for no further back than a list that proved it absent', async () => {
    const doubt = { since: T - 380_000, sentAt: T - 360_000, absentAt: T - 80_000 };
    const ended = Array.from({ length: 10 }, (_, index) => ({ ...over(theirs), id: `r${100 + index}` as ReloadId }));
    const script = { documents: [{ ...unknown, state: 'waiting', doubt }], starts: [started] };
    expect((await ledgerWorld({ ...script, lists: [[...ended, old]] }).due()).did).to.equal('started');
    const forgotten = ledgerWorld({ ...script, lists: [ended] });
    expect((await forgotten.due()).did).to.equal('gave-up');
  });

  it('stays unknown where the tenant tells no clock and shows ten ended reloads', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const ended = Array.from({ length: 10 }, (_, index) => ({ ...over(theirs), id: `r${100 + index}` as ReloadId }));
    const documents = [{ ...unknown, doubt }];
    const world = ledgerWorld({ documents, lists: [ended], starts: [started], tellsClock: false });
    expect((await world.due()).did).to.equal('unknown');
    expect(world.posts).to.deep.equal([]);
  });

  it('reads no page that is older than the doubt', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const world = ledgerWorld({
      documents: [{ ...unknown, doubt }],
      lists: [[old]],
      olderPages: [[echoed]],
      starts: [started],
    });
    expect((await world.due()).did).to.equal('started');
    expect(world.did).to.not.include('PAGE 1');
  });

  it('stays unknown where the list breaks off before it reaches back', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const world = ledgerWorld({
      documents: [{ ...unknown, doubt }],
      lists: [[theirs]],
      olderPages: ['unavailable'],
      starts: [started],
    });
    expect((await world.due()).did).to.equal('unknown');
  });
});
