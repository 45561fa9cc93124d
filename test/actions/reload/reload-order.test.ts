import { expect } from 'chai';
import type { CascadeError } from '../../../src/core/cascade-error.ts';
import { echoed, ledgerWorld, noAnswer, ORDER, planned, started, T } from './support/ledger-world.ts';

const errorOf = (work: Promise<unknown>): Promise<CascadeError> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error) => error,
  );

describe('an order of the ledger', () => {
  it('that was just created costs one request to the store before its POST, and one after', async () => {
    const world = ledgerWorld({ starts: [started] });
    expect(await world.created()).to.deep.equal({
      order: ORDER,
      did: 'started',
      state: 'posted',
      reloadId: 'r1',
      dueAt: T + 900_000,
    });
    expect(world.did).to.deep.equal([`put ${ORDER}`, 'POST', `bulk started:default:r1 ${ORDER}`]);
    expect(world.posts).to.deep.equal([{ appId: 'a', body: {}, resourceId: 'order:default:a:s:r0~1' }]);
  });

  it('is claimed for 150 s, in doubt, before its POST is sent', async () => {
    let claimed: object | undefined;
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => (claimed = store.peek(ORDER)) });
    await world.created();
    expect(claimed).to.deep.equal({
      ...planned,
      _rev: '2-aaaaaaaa',
      state: 'claimed',
      claims: 1,
      owner: 'act1',
      doubt: { since: T },
      dueAt: T + 150_000,
    });
  });

  it('is posted, without doubt and looked at in 15 minutes, when its POST is answered', async () => {
    const world = ledgerWorld({ starts: [started] });
    await world.created();
    expect(world.order()).to.deep.equal({
      ...planned,
      _rev: '3-aaaaaaaa',
      state: 'posted',
      claims: 1,
      owner: 'act1',
      reloadId: 'r1',
      isCertain: true,
      postedAt: T,
      dueAt: T + 900_000,
    });
    expect(world.store.peek('started:default:r1')).to.deep.equal({
      _id: 'started:default:r1',
      _rev: '1-aaaaaaaa',
      schema: 1,
      type: 'started',
      order: ORDER,
      also: [],
      isGuess: false,
      hops: 1,
      root: 'event:default:r0',
    });
  });

  it('that the sweep found is read with its tenant’s gate in one request', async () => {
    const world = ledgerWorld({ starts: [started] });
    expect((await world.due()).did).to.equal('started');
    expect(world.did.slice(0, 2)).to.deep.equal([`many ${ORDER} gate:default tenant:default`, `put ${ORDER}`]);
  });

  it('that nobody created cannot be taken up', async () => {
    const error = await errorOf(ledgerWorld({ documents: [] }).due());
    expect(error.code).to.equal('PARAMETERS_INVALID');
  });

  it('that somebody spoilt is not touched, and named', async () => {
    const world = ledgerWorld({ documents: [{ ...planned, state: 'sleeping' }] });
    const error = await errorOf(world.due());
    expect([error.code, error.message.includes(ORDER)]).to.deep.equal(['LEDGER_MALFORMED', true]);
    expect(world.did).to.deep.equal([`many ${ORDER} gate:default tenant:default`]);
  });
});

describe('an order is left alone', () => {
  it('where it is merged and its worker has seen to the other', async () => {
    const world = ledgerWorld({
      documents: [{ ...planned, state: 'merged', into: 'order:default:a:s:r8', dueAt: undefined }],
    });
    expect((await world.due()).did).to.equal('finished');
    expect(world.did).to.deep.equal([`many ${ORDER} gate:default tenant:default`]);
  });

  for (const [state, dueAt] of [
    ['posted', T - 1],
    ['ended', T - 1],
    ['gave-up', T - 1],
    ['called-off', undefined],
  ] as const) {
    it(`where it is ${state}`, async () => {
      const world = ledgerWorld({ documents: [{ ...planned, state, dueAt }] });
      expect((await world.due()).did).to.equal('finished');
      expect(world.did).to.deep.equal([`many ${ORDER} gate:default tenant:default`]);
    });
  }

  for (const state of ['claimed', 'unknown', 'waiting', 'parked', 'merged']) {
    it(`where it is ${state} and not yet due`, async () => {
      const world = ledgerWorld({ documents: [{ ...planned, state, dueAt: T + 1 }] });
      expect((await world.due()).did).to.equal('not-due');
      expect(world.did).to.deep.equal([`many ${ORDER} gate:default tenant:default`]);
    });
  }

  for (const state of ['claimed', 'unknown', 'waiting']) {
    it(`where it is ${state} and not yet due, even when its app’s reload ended`, async () => {
      const world = ledgerWorld({ documents: [{ ...planned, state, dueAt: T + 1 }] });
      expect((await world.due({ wake: true })).did).to.equal('not-due');
    });
  }

  it('where another activation claimed it first', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.intrude('put', () => world.store.seed({ ...planned, _rev: '2-theirs', state: 'claimed', claims: 1 }));
    expect((await world.created()).did).to.equal('taken');
    expect(world.did).to.deep.equal([`put ${ORDER}`]);
  });
});

describe('a claim whose answer is lost', () => {
  it('is ours where the store shows it, and is posted once', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('put', 'after');
    expect((await world.created()).did).to.equal('started');
    expect(world.did).to.deep.equal([
      `put ${ORDER}`,
      `put ${ORDER}`,
      `get ${ORDER}`,
      'POST',
      `bulk started:default:r1 ${ORDER}`,
    ]);
  });

  it('is sent again where it was not stored', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('put', 'before');
    expect((await world.created()).did).to.equal('started');
    expect(world.order()?.['claims']).to.equal(1);
  });

  it('is another’s where the store shows theirs', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('put', 'before');
    const theirs = { ...planned, _rev: '2-theirs', state: 'claimed', claims: 1, owner: 'act2', dueAt: T + 150_000 };
    world.store.intrude('put', () => world.store.seed(theirs));
    expect((await world.created()).did).to.equal('taken');
    expect(world.posts).to.deep.equal([]);
  });

  it('is not posted where the store never answers again', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('put', 'after', 3);
    expect((await errorOf(world.created())).code).to.equal('STORE_UNAVAILABLE');
    expect(world.posts).to.deep.equal([]);
  });
});

describe('an order that is due', () => {
  it('is asked for three times, and left to the next sweep if the store gives no answer', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('many', 'before', 9);
    expect((await errorOf(world.due())).code).to.equal('STORE_UNAVAILABLE');
    expect(world.did.filter((call) => call.startsWith('many'))).to.have.length(3);
    expect(world.posts).to.deep.equal([]);
  });
});

describe('the fence', () => {
  it('lets no POST out with 60 s or less of the lease left by the store’s own clock', async () => {
    const world = ledgerWorld({ starts: [started], isCold: true });
    expect((await world.created({ storeNow: T - 90_000 })).did).to.equal('too-late');
    expect(world.posts).to.deep.equal([]);
    expect(world.order()?.['dueAt']).to.equal(T + 60_000);
  });

  it('lets it out with one millisecond more', async () => {
    const world = ledgerWorld({ starts: [started], isCold: true });
    expect((await world.created({ storeNow: T - 89_999 })).did).to.equal('started');
  });

  it('lets no POST out that the end of the run would cut off', async () => {
    const world = ledgerWorld({ starts: [started], runsForMs: 24_000 });
    expect((await world.created()).did).to.equal('too-late');
    expect(world.posts).to.deep.equal([]);
  });
});

describe('a POST without an answer', () => {
  it('is taken where the list shows it', async () => {
    const world = ledgerWorld({ starts: [noAnswer], lists: [[echoed]], echoes: true });
    expect((await world.created()).did).to.equal('adopted');
    expect(world.did).to.deep.equal([`put ${ORDER}`, 'POST', 'LIST', 'put started:default:r1', `put ${ORDER}`]);
    expect(world.order()).to.deep.include({ state: 'posted', reloadId: 'r1', isCertain: true });
    expect(world.order()).to.not.have.property('doubt');
  });

  it('leaves the order unknown where the list does not show it: looked at again a grace after the send', async () => {
    const world = ledgerWorld({ starts: [noAnswer], postTakesMs: 20_000 });
    expect((await world.created()).did).to.equal('unknown');
    expect(world.order()).to.deep.include({
      state: 'unknown',
      doubt: { since: T, sentAt: T + 20_000 },
      dueAt: T + 80_000,
    });
    expect(world.posts).to.have.length(1);
  });

  it('leaves the order unknown where there is no list', async () => {
    const world = ledgerWorld({ starts: [noAnswer], lists: ['unavailable'] });
    expect((await world.created()).did).to.equal('unknown');
  });
});
