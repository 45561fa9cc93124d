import { expect } from 'chai';
import {
  busy,
  echoed,
  ledgerWorld,
  noAnswer,
  ORDER,
  over,
  planned,
  silent,
  started,
  T,
  theirs,
} from './support/ledger-world.ts';

const OTHER = 'order:default:a:s:r8';
const SPOILT_GATE = { _id: 'gate:default', schema: 1, type: 'gate', until: 'soon' };
const SPOILT_PARK = { _id: 'park:default:a', schema: 1, type: 'park', slots: [] };
const SPOILT_STARTED = { _id: 'started:default:r1', schema: 1, type: 'started', order: 7 };
const parked = { ...planned, state: 'parked', dueAt: T - 1 };

describe('an order beside a document that somebody spoilt', () => {
  it('is started though its tenant’s gate cannot be read, which is told', async () => {
    const world = ledgerWorld({ starts: [started], documents: [planned, SPOILT_GATE] });
    expect((await world.due()).did).to.equal('started');
    expect(world.lines.join()).to.include('gate:default');
  });

  it('shuts a gate that could not be read', async () => {
    const wait = { kind: 'wait', code: 'QLIK_RATE_LIMITED', retryAfter: 13_000, message: 'm' } as const;
    const world = ledgerWorld({ starts: [wait as never], documents: [planned, SPOILT_GATE] });
    expect((await world.due()).did).to.equal('waiting');
    expect(world.store.peek('gate:default')).to.deep.include({ until: T + 14_000 });
  });

  it('is parked, with slots that are written anew', async () => {
    const world = ledgerWorld({ starts: [busy], lists: [[theirs]], documents: [planned, SPOILT_PARK] });
    expect((await world.created()).did).to.equal('parked');
    expect(world.store.peek('park:default:a')?.['slots']).to.deep.equal({
      cedc9a8b99fa1c1b: { order: ORDER, hops: 1 },
    });
  });

  it('is started from being parked though the slots cannot be read', async () => {
    const world = ledgerWorld({ starts: [started], documents: [parked, SPOILT_PARK] });
    expect((await world.due()).did).to.equal('started');
  });

  it('takes the slot of an order that cannot be read', async () => {
    const slots = { cedc9a8b99fa1c1b: { order: OTHER, hops: 1 } };
    const documents = [planned, { ...SPOILT_PARK, slots }, { ...parked, _id: OTHER, claims: 'many' }];
    const world = ledgerWorld({ starts: [busy], lists: [[theirs]], documents });
    expect((await world.created()).did).to.equal('parked');
    expect(world.store.peek('park:default:a')).to.have.nested.property('slots.cedc9a8b99fa1c1b.order', ORDER);
  });

  it('is owed again where the order that it merged into cannot be read: nobody starts that one', async () => {
    const merged = { ...planned, state: 'merged', into: OTHER, dueAt: T - 1 };
    const world = ledgerWorld({ documents: [merged, { ...parked, _id: OTHER, claims: 'many' }] });
    expect((await world.due()).did).to.equal('planned-again');
  });

  it('notes a 201 in place of a document that cannot be read', async () => {
    const world = ledgerWorld({ starts: [started], documents: [planned, SPOILT_STARTED] });
    expect((await world.created()).did).to.equal('started');
    expect(world.store.peek('started:default:r1')).to.deep.include({ order: ORDER, isGuess: false });
  });

  it('takes the reload that Qlik echoes, whatever stands in the document about it', async () => {
    const world = ledgerWorld({ starts: [noAnswer], lists: [[echoed]], documents: [planned, SPOILT_STARTED] });
    expect((await world.created()).did).to.equal('adopted');
  });

  it('stays in doubt, and says why, where it cannot be read whose a reload is', async () => {
    const world = ledgerWorld({ starts: [noAnswer], lists: [[silent]], documents: [planned, SPOILT_STARTED] });
    const later = { ...planned, state: 'unknown', doubt: { since: T - 100_000, sentAt: T - 60_000 }, dueAt: T - 1 };
    world.store.seed(later);
    const { did, reason } = await world.due();
    expect(did).to.equal('unknown');
    expect(reason?.message).to.include('started:default:r1').and.to.include('repair or delete it');
    expect(world.posts).to.deep.equal([]);
  });

  it('is left to whoever spoilt it while it was posted', async () => {
    const whilePosting = (store: { seed(...documents: object[]): void }) =>
      store.seed({ ...planned, _rev: '9-x', claims: 'many' });
    const world = ledgerWorld({ starts: [started], lists: [[over(theirs)]], whilePosting: whilePosting as never });
    expect((await world.created()).did).to.equal('taken');
    expect(world.store.peek('started:default:r1')).to.deep.include({ order: ORDER, isGuess: false });
  });
});
