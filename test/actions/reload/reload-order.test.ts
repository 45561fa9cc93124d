import { expect } from 'chai';
import type { CascadeError } from '../../../src/core/cascade-error.ts';
import type { ReloadId } from '../../../src/core/names.ts';
import {
  echoed,
  ledgerWorld,
  noAnswer,
  ORDER,
  planned,
  QLIK_AHEAD_MS,
  silent,
  started,
  T,
  theirs,
  waitOf,
} from './support/ledger-world.ts';

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
    expect(world.did.slice(0, 2)).to.deep.equal([`many ${ORDER} gate:default`, `put ${ORDER}`]);
  });

  it('that nobody created cannot be taken up', async () => {
    const error = await errorOf(ledgerWorld({ documents: [] }).due());
    expect(error.code).to.equal('PARAMETERS_INVALID');
  });

  it('that somebody spoilt is not touched, and named', async () => {
    const world = ledgerWorld({ documents: [{ ...planned, state: 'sleeping' }] });
    const error = await errorOf(world.due());
    expect([error.code, error.message.includes(ORDER)]).to.deep.equal(['LEDGER_MALFORMED', true]);
    expect(world.did).to.deep.equal([`many ${ORDER} gate:default`]);
  });
});

describe('an order is left alone', () => {
  it('where it is merged and its worker has seen to the other', async () => {
    const world = ledgerWorld({
      documents: [{ ...planned, state: 'merged', into: 'order:default:a:s:r8', dueAt: undefined }],
    });
    expect((await world.due()).did).to.equal('finished');
    expect(world.did).to.deep.equal([`many ${ORDER} gate:default`]);
  });

  for (const state of ['posted', 'ended', 'gave-up', 'called-off']) {
    it(`where it is ${state}`, async () => {
      const world = ledgerWorld({ documents: [{ ...planned, state, dueAt: T - 1 }] });
      expect((await world.due()).did).to.equal('finished');
      expect(world.did).to.deep.equal([`many ${ORDER} gate:default`]);
    });
  }

  for (const state of ['claimed', 'unknown', 'waiting', 'parked', 'merged']) {
    it(`where it is ${state} and not yet due`, async () => {
      const world = ledgerWorld({ documents: [{ ...planned, state, dueAt: T + 1 }] });
      expect((await world.due()).did).to.equal('not-due');
      expect(world.did).to.deep.equal([`many ${ORDER} gate:default`]);
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
    const world = ledgerWorld({ starts: [noAnswer], lists: [[echoed]] });
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
    expect(early.order()?.['dueAt']).to.equal(T + 60_000);
    expect((await ledgerWorld({ documents: [lapsed(-60_000)], starts: [started] }).due()).did).to.equal('started');
  });

  it('keeps its doubt at the gate', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T + 7_000 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }, gate] });
    expect((await world.due()).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', doubt, dueAt: T + 7_000 });
  });

  it('keeps it with every refusal', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const world = ledgerWorld({ documents: [{ ...unknown, doubt }], starts: [waitOf('QLIK_RATE_LIMITED', 5_000)] });
    await world.due();
    expect(world.order()?.['doubt']).to.deep.equal(doubt);
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
    const absent = ledgerWorld({ ...script, olderPages: [hundred, hundred] });
    expect((await absent.due()).did).to.equal('started');
    expect(absent.did.filter((each) => /^(LIST|PAGE|POST)/.test(each)).at(-1)).to.equal('POST');
  });

  it('reads no page that is older than the doubt', async () => {
    const doubt = { since: T - 80_000, sentAt: T - 60_000 };
    const old = { ...theirs, createdAt: (T + QLIK_AHEAD_MS - 85_001) as typeof theirs.createdAt };
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

describe('an order whose tenant has no room for it', () => {
  it('waits at a shut gate, and is not posted', async () => {
    const world = ledgerWorld({ starts: [started] });
    expect((await world.created({ gateUntil: T + 9_000 })).did).to.equal('waiting');
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 9_000 });
    expect(world.order()).to.not.have.property('doubt');
    expect(world.posts).to.deep.equal([]);
  });

  it('goes through a gate that is open again', async () => {
    expect((await ledgerWorld({ starts: [started] }).created({ gateUntil: T })).did).to.equal('started');
  });

  it('shuts the gate and waits as long as the rate limit says', async () => {
    const world = ledgerWorld({ starts: [waitOf('QLIK_RATE_LIMITED', 13_000)] });
    expect((await world.created()).did).to.equal('waiting');
    expect(world.store.peek('gate:default')).to.deep.include({ schema: 1, type: 'gate', until: T + 13_000 });
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 13_000 });
    expect(world.order()).to.not.have.property('doubt');
  });

  it('waits for a gate that somebody shut for longer', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T + 50_000 };
    const world = ledgerWorld({ starts: [waitOf('QLIK_RATE_LIMITED', 13_000)] });
    world.store.seed(gate);
    await world.created();
    expect(world.order()?.['dueAt']).to.equal(T + 50_000);
    expect(world.store.peek('gate:default')).to.deep.include(gate);
  });

  it('waits an hour for its app’s quota, with one alert, and leaves the gate open', async () => {
    const world = ledgerWorld({ starts: [waitOf('QLIK_QUOTA', 3_600_000)] });
    await world.created();
    expect(world.order()).to.deep.include({ state: 'waiting', dueAt: T + 3_600_000 });
    expect(world.store.peek('alert:quota:default:a')?.['kind']).to.equal('quota');
    expect(world.store.peek('gate:default')).to.equal(undefined);
  });

  it('is given up where the tenant refuses it, with an alert', async () => {
    const refused = { kind: 'permanent', code: 'QLIK_REFUSED', message: 'Qlik answered 403' } as const;
    const world = ledgerWorld({ starts: [refused] });
    expect(await world.created()).to.deep.equal({
      order: ORDER,
      did: 'gave-up',
      state: 'gave-up',
      reason: { code: 'QLIK_REFUSED', message: 'Qlik answered 403' },
    });
    expect(world.order()).to.not.have.any.keys('dueAt', 'doubt');
    expect(world.store.peek(`alert:gave-up:${ORDER}`)?.['kind']).to.equal('gave-up');
  });
});

describe('writing down a 201', () => {
  it('is tried again until the store answers', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('bulk', 'before', 4);
    expect((await world.created()).did).to.equal('started');
    expect(world.order()?.['state']).to.equal('posted');
    expect(world.posts).to.have.length(1);
  });

  it('is fine where only the answer was lost', async () => {
    const world = ledgerWorld({ starts: [started] });
    world.store.fail('bulk', 'after');
    expect((await world.created()).did).to.equal('started');
    expect(world.store.peek('started:default:r1')).to.deep.include({ order: ORDER, also: [], isGuess: false });
    expect(world.order()).to.deep.include({ state: 'posted', reloadId: 'r1' });
  });

  it('is fine where the reload’s end came first', async () => {
    const ended = { ...planned, _rev: '3-end', state: 'ended', reloadId: 'r1', ends: ['r1'], outcome: 'succeeded' };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(ended) });
    expect(await world.created()).to.deep.include({ did: 'started', state: 'ended' });
    expect(world.order()).to.deep.include(ended);
  });

  it('is written again where somebody left the order open meanwhile', async () => {
    const meanwhile = {
      ...planned,
      _rev: '4-else',
      state: 'unknown',
      claims: 2,
      owner: 'act2',
      doubt: { since: T },
      dueAt: T + 60_000,
    };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(meanwhile) });
    expect((await world.created()).did).to.equal('started');
    expect(world.order()).to.deep.include({ state: 'posted', reloadId: 'r1', isCertain: true, claims: 3 });
  });

  it('cancels ours and tells a person where the order has another reload already', async () => {
    const other = {
      ...planned,
      _rev: '4-else',
      state: 'posted',
      claims: 2,
      owner: 'act2',
      reloadId: 'r5',
      isCertain: true,
      dueAt: T + 1,
    };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(other) });
    expect((await world.created()).did).to.equal('second-start');
    expect(world.did).to.include('CANCEL r1');
    expect(world.order()).to.deep.include(other);
    expect(world.store.peek(`alert:second-start:${ORDER}`)?.['kind']).to.equal('second-start');
  });

  it('cancels ours where the order was settled without it', async () => {
    const merged = {
      ...planned,
      _rev: '5-else',
      state: 'merged',
      claims: 2,
      owner: 'act2',
      into: 'order:default:a:s:r8',
    };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(merged) });
    expect((await world.created()).did).to.equal('second-start');
    expect(world.did).to.include('CANCEL r1');
  });

  it('leaves alone an order that asks for a further reload by now', async () => {
    const further = { ...planned, _rev: '5-else', state: 'waiting', claims: 1, owner: 'act1', try: 2, dueAt: T + 1 };
    const world = ledgerWorld({ starts: [started], whilePosting: (store) => store.seed(further) });
    await world.created();
    expect(world.order()).to.deep.include(further);
  });

  it('takes the reload from an order that only guessed it', async () => {
    const guess = {
      _id: 'started:default:r1',
      schema: 1,
      type: 'started',
      order: 'order:default:a:s:r8',
      also: [],
      isGuess: true,
      hops: 5,
      root: 'event:default:r8',
    };
    const world = ledgerWorld({ starts: [started], documents: [planned, guess] });
    await world.created();
    expect(world.store.peek('started:default:r1')).to.deep.include({
      order: ORDER,
      also: ['order:default:a:s:r8'],
      isGuess: false,
      hops: 1,
      root: 'event:default:r0',
    });
  });
});

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
