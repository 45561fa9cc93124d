import { expect } from 'chai';
import { bot, failed, failingApp, notifierWorld, T, TAKEN } from './support/notifier-world.ts';

const A = 'app:default:a';
const B = 'app:default:b';
const BUSY = { kind: 'busy', message: 'it answered 503' } as const;
const WRONG = { kind: 'wrong', message: 'it answered 404 (no_service)' } as const;
const REFUSED = { kind: 'refused', message: 'it answered 400 (invalid_blocks)' } as const;

const namesIn = ({ sent }: ReturnType<typeof notifierWorld>) =>
  sent.map(({ channel, message }) => `${channel}: ${message.notices.map(({ subject }) => subject).join(', ')}`);

describe('the notifier', () => {
  it('sends what an app owes, with all that is known, and then nothing is owed', async () => {
    const tenant = { _id: 'tenant:default', schema: 1, type: 'tenant', url: 'https://acme.eu.qlikcloud.com' };
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])]), tenant] });
    expect(await world.run(A)).to.deep.equal({ messages: 1, notices: 1 });
    expect(world.sent).to.have.lengthOf(1);
    expect(world.sent[0]?.channel).to.equal('ops');
    expect(world.sent[0]?.message).to.deep.equal({
      type: 'cascade.notices',
      timestamp: '2027-01-15T08:00:00.000Z',
      notices: [
        {
          id: 'app:default:a/failed.r-a',
          kind: 'failed',
          at: '2027-01-15T07:59:55.000Z',
          subject: 'App a',
          tenant: 'default',
          appId: 'a',
          chains: ['sales'],
          behind: ['App b', 'App c'],
          detail: 'RELOADS-001: Connector timed out.',
          since: '2027-01-15T07:59:55.000Z',
          times: 1,
          url: 'https://acme.eu.qlikcloud.com/sense/app/a',
          run: 'r-a',
          ticket: 'ticket:reload:default:r-a',
        },
      ],
    });
    expect(world.store.peek(A)).to.deep.include({ notices: [] }).and.not.have.any.keys('dueAt', 'leases');
  });

  it('links to the run and the ticket on the dashboard’s page, if there is one', async () => {
    const page = 'https://ow.example/api/v1/web/guest/cascade/dashboard';
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])])], page });
    await world.run(A);
    expect(world.sent[0]?.message.notices[0]).to.include({
      runUrl: `${page}#/runs/event%3Adefault%3Ar-a`,
      ticketUrl: `${page}#/tickets/ticket%3Areload%3Adefault%3Ar-a`,
    });
  });

  it('stores the slot, then the lease, before the message leaves', async () => {
    const world = notifierWorld({
      documents: [failingApp('a', [failed('a', ['ops'])])],
      answers: {
        ops: [
          async () => {
            expect(world.store.peek('channel:ops')).to.deep.include({ slots: [T] });
            expect(world.store.peek(A)).to.deep.include({ leases: { ops: T + 60_000 }, dueAt: T + 60_000 });
            return TAKEN;
          },
        ],
      },
    });
    await world.run(A);
    expect(world.sent).to.have.lengthOf(1);
  });

  it('sends everything of several documents in one message, and each channel what it is owed', async () => {
    const documents = [failingApp('a', [failed('a', ['default', 'ops'])]), failingApp('b', [failed('b', ['ops'])])];
    const world = notifierWorld({ documents });
    expect(await world.run(A, B, A)).to.deep.equal({ messages: 2, notices: 3 });
    expect(namesIn(world)).to.have.members(['default: App a', 'ops: App a, App b']);
    // A message is known by all of its notices, and no document is written twice at once.
    expect(new Set(world.sent.map(({ id }) => id)).size).to.equal(2);
    const written = world.store.asked.filter((call) => call.startsWith('bulk')).map((call) => call.split(' ').slice(1));
    for (const ids of written) expect(ids).to.deep.equal([...new Set(ids)]);
  });

  it('says how often the app has failed by now, as long as it is the same run of failures', async () => {
    const failing = (first: string) => ({
      ...{ since: T - 5_000, first, times: 3, lastFailedAt: T - 1_000, ticket: `ticket:reload:default:${first}` },
    });
    const timesIn = async (first: string) => {
      const app = failingApp('a', [failed('a', ['ops'])], { failing: failing(first) });
      const world = notifierWorld({ documents: [app] });
      await world.run(A);
      return world.sent[0]?.message.notices[0]?.times;
    };
    expect([await timesIn('r-a'), await timesIn('r-later')]).to.deep.equal([3, 1]);
  });

  it('leaves alone what another worker has leased for the channel', async () => {
    const documents = [
      failingApp('a', [failed('a', ['ops'])], { leases: { ops: T + 1 } }),
      failingApp('b', [failed('b', ['ops'])]),
    ];
    const world = notifierWorld({ documents });
    await world.run(A, B);
    expect(namesIn(world)).to.deep.equal(['ops: App b']);
    world.pass(1);
    await world.run(A, B);
    expect(namesIn(world)).to.deep.equal(['ops: App b', 'ops: App a']);
  });

  it('leaves a document out that somebody changes just before the lease', async () => {
    const documents = [failingApp('a', [failed('a', ['ops'])]), failingApp('b', [failed('b', ['ops'])])];
    const world = notifierWorld({ documents, answers: { ops: [BUSY] } });
    world.store.intrude('bulk', () =>
      world.store.seed({ ...failingApp('a', [failed('a', ['ops'])]), _rev: '2-other' }),
    );
    await world.run(A, B);
    expect(namesIn(world)).to.deep.equal(['ops: App b']);
    expect(world.store.peek(A)).to.include({ _rev: '2-other' });
  });

  it('takes off what it sent, by id, however often others change the document meanwhile', async () => {
    const world = notifierWorld({
      documents: [failingApp('a', [failed('a', ['ops'])])],
      answers: {
        ops: [
          async () => {
            const app = world.store.peek(A);
            const recovered = { ...failed('a', ['ops']), id: 'recovered.r2', kind: 'recovered', reloadId: 'r2' };
            world.store.intrude('bulk', () =>
              world.store.seed({ ...app, _id: A, _rev: '7-other', notices: [failed('a', ['ops']), recovered] }),
            );
            return TAKEN;
          },
        ],
      },
    });
    await world.run(A);
    // Both are sent once: the second one in a message of its own.
    expect(world.sent.map(({ message }) => message.notices.map(({ id }) => id))).to.deep.equal([
      ['app:default:a/failed.r-a'],
      ['app:default:a/recovered.r2'],
    ]);
    expect(world.store.peek(A)).to.deep.include({ notices: [] });
  });

  it('does not send if it stalled for 25 s after the lease, and lets that lapse', async () => {
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])])] });
    world.store.intrude('bulk', () => world.store.intrude('many', () => world.pass(25_001)));
    await world.run(A);
    expect(world.sent).to.deep.equal([]);
    expect(world.store.peek(A)).to.deep.include({ leases: { ops: T + 60_000 } });
  });

  it('begins no message in its last 30 seconds', async () => {
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])])] });
    expect(await world.runFor(30_000, A)).to.deep.equal({ messages: 0, notices: 0 });
    expect(await world.runFor(30_001, A)).to.deep.equal({ messages: 1, notices: 1 });
  });

  it('looks again in 30 seconds if others write the channel all the time, and sends nothing without a slot', async () => {
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'], { due: { ops: T } })])] });
    for (let round = 1; round <= 20; round += 1) {
      world.store.intrude('put', () =>
        world.store.seed({ _id: 'channel:ops', _rev: `${round}-other`, schema: 1, type: 'channel', slots: [] }),
      );
    }
    await world.run(A);
    expect(world.sent).to.deep.equal([]);
    expect(world.store.peek(A)).to.include({ dueAt: T + 30_000 });
  });

  it('sends at most five messages in 85 seconds; what finds no slot is due when the oldest counts no more', async () => {
    const slots = [T - 84_000, T - 9, T - 8, T - 7, T - 6];
    const channel = { _id: 'channel:ops', schema: 1, type: 'channel', slots, keptAt: T - 9 };
    const notice = failed('a', ['ops'], { due: { ops: T - 1 } });
    const world = notifierWorld({ documents: [failingApp('a', [notice], { dueAt: T - 1 }), channel] });
    await world.run(A);
    expect(world.sent).to.deep.equal([]);
    expect(world.store.peek(A)).to.deep.include({
      notices: [{ ...notice, due: { ops: T + 1_000 } }],
      dueAt: T + 1_000,
    });
    world.pass(1_000);
    await world.run(A);
    expect(world.sent).to.have.lengthOf(1);
  });

  it('sends what a sweep brought also while new notices take the other slots', async () => {
    const channel = { _id: 'channel:ops', schema: 1, type: 'channel', slots: [T - 9, T - 8, T - 7, T - 6] };
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])]), channel] });
    await world.run(A);
    expect(world.sent).to.deep.equal([]);
    await world.runSwept(A);
    expect(namesIn(world)).to.deep.equal(['ops: App a']);
    expect(world.store.peek('channel:ops')).to.deep.include({ slots: [T - 9, T - 8, T - 7, T - 6, T], keptAt: T });
  });

  it('pauses a channel that does not answer, first of all, and releases what it is owed until then', async () => {
    const world = notifierWorld({
      documents: [failingApp('a', [failed('a', ['ops'])])],
      answers: { ops: [BUSY, BUSY] },
    });
    await world.run(A);
    expect(world.store.peek('channel:ops')).to.include({ pausedUntil: T + 15_000, failures: 1 });
    expect(world.store.peek(A))
      .to.include({ dueAt: T + 15_000 })
      .and.not.have.property('leases');
    // A person could not mend that, so there is no alert.
    expect(world.store.all().filter(({ type }) => type === 'alert')).to.deep.equal([]);
    const pausedAt = world.store.asked.findIndex((call, index) => call === 'put channel:ops' && index > 4);
    const releasedAt = world.store.asked.lastIndexOf(`bulk ${A}`);
    expect(pausedAt).to.be.greaterThan(0).and.lessThan(releasedAt);
    await world.run(A);
    expect(world.sent, 'paused').to.have.lengthOf(1);
    world.pass(15_000);
    await world.run(A);
    expect(world.store.peek('channel:ops')).to.include({ pausedUntil: T + 45_000, failures: 2 });
    expect(world.store.peek('channel:ops')).to.include({ failingSince: T, answer: 'it answered 503' });
    world.pass(30_000);
    await world.run(A);
    expect(world.store.peek('channel:ops')).not.to.have.any.keys('pausedUntil', 'failures', 'failingSince', 'answer');
    expect(world.sent.map(({ id }) => id)).to.deep.equal(Array(3).fill(world.sent[0]?.id));
  });

  it('writes what waits for a pause once, and leaves alone what another worker has leased', async () => {
    const notice = (name: string) => failed(name, ['ops'], { due: { ops: T } });
    const leasedOne = failingApp('a', [notice('a')], { leases: { ops: T + 50_000 } });
    const channel = { _id: 'channel:ops', schema: 1, type: 'channel', slots: [], pausedUntil: T + 40_000, failures: 1 };
    const world = notifierWorld({ documents: [leasedOne, failingApp('b', [notice('b')]), channel] });
    await world.run(A, B);
    await world.run(A, B);
    expect(world.store.peek(A)).to.deep.equal({ ...leasedOne, _rev: '1-seed' });
    expect(world.store.peek(B)).to.include({ _rev: '2-aaaaaaaa', dueAt: T + 40_000 });
  });

  it('stores the pause also if somebody spoils the channel’s document while the message is under way', async () => {
    const spoiling = async () => {
      world.store.seed({ _id: 'channel:ops', _rev: '9-other', schema: 1, type: 'channel', slots: 'mine' });
      return BUSY;
    };
    const world = notifierWorld({
      documents: [failingApp('a', [failed('a', ['ops'])])],
      answers: { ops: [spoiling] },
    });
    await world.run(A);
    expect(world.store.peek('channel:ops')).to.include({ pausedUntil: T + 15_000, failures: 1 });
  });

  it('obeys Retry-After', async () => {
    const answer = { ...BUSY, retryAfter: 40_000 } as never;
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])])], answers: { ops: [answer] } });
    await world.run(A);
    expect(world.store.peek(A)).to.include({ dueAt: T + 40_000 });
  });

  it('raises an alert if the address is wrong, waits 24 hours, then drops what is owed, with an error', async () => {
    const answers = { ops: Array(3).fill(WRONG) };
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])])], answers });
    await world.run(A);
    expect(world.store.peek('channel:ops')).to.include({ pausedUntil: T + 600_000, wrongSince: T });
    expect(world.store.peek('alert:channel-refused:ops')?.['message']).to.match(
      /^The channel "ops" takes no messages: it answered 404 \(no_service\)\. Look at its address/,
    );
    expect(world.store.peek(A)).to.include({ dueAt: T + 600_000 });
    world.pass(86_399_999);
    await world.run(A);
    expect(world.store.peek(A)?.['notices']).to.have.lengthOf(1);
    world.pass(600_000);
    await world.run(A);
    expect(world.store.peek(A)).to.deep.include({ notices: [] }).and.not.have.property('dueAt');
    expect(world.lines).to.include('error A notice is dropped: its channel has been wrong for a day');
  });

  it('halves a message that the channel refuses, until the bad notice is alone and is dropped', async () => {
    const documents = ['a', 'b', 'c'].map((name) => failingApp(name, [failed(name, ['ops'])]));
    const world = notifierWorld({ documents, answers: { ops: [REFUSED, REFUSED] } });
    await world.run(A, B, 'app:default:c');
    expect(namesIn(world)).to.deep.equal(['ops: App a, App b, App c', 'ops: App a', 'ops: App b', 'ops: App c']);
    for (const { _id } of documents) expect(world.store.peek(_id)).to.deep.include({ notices: [] });
    expect(world.lines.filter((line) => line.startsWith('error'))).to.deep.equal([
      'error A notice is dropped: the channel "ops" refuses it: it answered 400 (invalid_blocks)',
    ]);
  });

  it('halves a message of two before it drops any', async () => {
    const world = notifierWorld({
      documents: ['a', 'b'].map((name) => failingApp(name, [failed(name, ['ops'])])),
      answers: { ops: [REFUSED] },
    });
    await world.run(A, B);
    expect(namesIn(world)).to.deep.equal(['ops: App a, App b', 'ops: App a', 'ops: App b']);
    expect(world.lines.filter((line) => line.startsWith('error'))).to.deep.equal([]);
  });

  it('drops after a day only what is owed to the channel that is wrong', async () => {
    const other = failed('a', ['default'], { id: 'recovered.r-a', kind: 'recovered' });
    const app = failingApp('a', [failed('a', ['ops']), other], { leases: { default: T + 90_000_000 } });
    const channel = { _id: 'channel:ops', schema: 1, type: 'channel', slots: [], failures: 9, wrongSince: T - 5_000 };
    const world = notifierWorld({ documents: [app, channel], answers: { ops: [WRONG] } });
    world.pass(86_400_000);
    await world.run(A);
    const dropped = world.lines.filter((line) => line.startsWith('error A notice is dropped'));
    expect(dropped).to.have.lengthOf(1);
    expect(world.store.peek(A)?.['notices']).to.deep.equal([other]);
  });

  it('is held up by no channel that does not answer: the others get theirs meanwhile', async () => {
    let release: (() => void) | undefined;
    const stuck = new Promise<typeof BUSY>((resolve) => {
      release = () => resolve(BUSY);
    });
    const releasing = async () => {
      release?.();
      return TAKEN;
    };
    const world = notifierWorld({
      documents: [failingApp('a', [failed('a', ['default', 'ops'])])],
      answers: { default: [() => stuck], ops: [releasing] },
    });
    await world.run(A);
    expect(world.store.peek(A)?.['notices'])
      .to.have.lengthOf(1)
      .and.have.nested.property('[0].to')
      .that.deep.equals(['default']);
  });

  it('is held up by no document that somebody spoilt', async () => {
    const spoilt = { ...failingApp('a', []), notices: 'mine' };
    const world = notifierWorld({ documents: [spoilt, failingApp('b', [failed('b', ['ops'])])] });
    await world.run(A, B, 'app:default:gone');
    expect(namesIn(world)).to.deep.equal(['ops: App b']);
    expect(world.lines.join()).to.contain('app:default:a');
  });

  it('writes a channel’s document anew if somebody spoilt it', async () => {
    const spoilt = { _id: 'channel:ops', schema: 1, type: 'channel', slots: 'mine' };
    const world = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])]), spoilt] });
    await world.run(A);
    expect(world.sent).to.have.lengthOf(1);
    expect(world.store.peek('channel:ops')).to.deep.include({ slots: [T] });
  });

  it('drops what is owed to a channel that the settings no longer have', async () => {
    const world = notifierWorld({
      documents: [failingApp('a', [failed('a', ['gone', 'ops'])])],
      channels: [bot('ops')],
    });
    await world.run(A);
    expect(world.store.peek(A)).to.deep.include({ notices: [] }).and.not.have.property('dueAt');
    expect(world.sent).to.have.lengthOf(1);
    expect(world.lines).to.deep.equal(['warn Notices are dropped: their channel is not in the settings']);
  });

  it('reads Qlik’s error in the event, if the failed reload is not the app’s last one', async () => {
    const event = {
      ...{ _id: 'event:default:r-a', schema: 1, type: 'event', tenant: 'default', appId: 'a', reloadId: 'r-a' },
      ...{ outcome: 'failed', endedAt: T - 5_000, partial: false, source: 'webhook', traceId: 't1', storedAt: T },
      error: { code: 'RELOADS-009', message: 'Out of memory.' },
    };
    const app = failingApp('a', [failed('a', ['ops'])]);
    const later = { ...(app['last'] as object), reloadId: 'r-later', error: undefined };
    const world = notifierWorld({ documents: [{ ...app, last: later }, event] });
    await world.run(A);
    expect(world.sent[0]?.message.notices[0]).to.include({ detail: 'RELOADS-009: Out of memory.' });
  });

  it('fails if the store does not answer after the message left; the next one sends it again, with the same id', async () => {
    const world = notifierWorld({
      documents: [failingApp('a', [failed('a', ['ops'])])],
      answers: {
        ops: [
          async () => {
            world.store.fail('many', 'before');
            return TAKEN;
          },
        ],
      },
    });
    expect(await world.run(A).catch((error) => error.code)).to.equal('STORE_UNAVAILABLE');
    await world.run(A);
    expect(world.sent, 'leased').to.have.lengthOf(1);
    world.pass(60_000);
    await world.run(A);
    expect(world.sent.map(({ id }) => id)).to.deep.equal(Array(2).fill(world.sent[0]?.id));
    expect(world.store.peek(A)).to.deep.include({ notices: [] });
  });
});
