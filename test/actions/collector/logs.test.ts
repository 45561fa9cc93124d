import { expect } from 'chai';
import type { CouchPort, NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { TenantName } from '../../../src/core/names.ts';
import { A, at, B, DEFAULT, event, idsOf, rig } from './support/rig.ts';

/** A ticket of an app that failed at 11:50 and waits for the log. */
const ticket = (reloadId: string, more: object = {}): NewDocument => ({
  _id: `ticket:reload:default:${reloadId}`,
  schema: 1,
  type: 'ticket',
  tenant: 'default',
  appId: A,
  chains: ['sales'],
  reloadId,
  failedAt: at('11:50'),
  lastFailedAt: at('11:50'),
  times: 1,
  waiting: [],
  dueAt: at('11:50:01'),
  ...more,
});

const found = (text: string) => ({ kind: 'found', text }) as const;
const silent = { kind: 'unavailable', message: 'no answer within 5000 ms' } as const;
const read = (couch: { peek(id: string): object | undefined }, id: string) => couch.peek(`ticket:reload:default:${id}`);

describe('the log of a failed reload', () => {
  it('is added to its ticket by the sweep, and not asked for again', async () => {
    const { couch, qlik, sweep, writes } = rig();
    couch.seed(ticket('r1'));
    qlik.logs.set('r1', found('Connecting\nError: Connector timed out\n'));
    await sweep(undefined, { apps: {} });
    expect(qlik.calls).to.deep.equal([`log ${A} r1`]);
    const { dueAt: _, ...rest } = ticket('r1');
    expect(read(couch, 'r1')).to.deep.equal({
      ...rest,
      _rev: read(couch, 'r1')?.['_rev' as never],
      log: 'Connecting\nError: Connector timed out',
    });
    expect(writes()).to.have.length(1);
    await sweep(undefined, { apps: {} });
    expect(qlik.calls).to.have.length(1);
    expect(writes()).to.have.length(1);
  });

  it('costs a sweep nothing if no ticket waits for one', async () => {
    const without = rig();
    await without.sweep();
    const { couch, qlik, sweep, requests } = rig();
    const { dueAt: _, ...settled } = ticket('r1');
    couch.seed(settled);
    await sweep();
    expect(requests()).to.deep.equal(without.requests());
    expect(qlik.calls).to.deep.equal(without.qlik.calls);
  });

  it('is not asked for if NOTIFY_LOG is off', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(ticket('r1'));
    await sweep(undefined, { apps: {}, isShowingLogs: false });
    expect(qlik.calls).to.deep.equal([]);
    expect(read(couch, 'r1')).not.to.have.any.keys('dueAt', 'log');
  });

  it('is not asked for if the app has recovered, the ticket has it, or the failure is a day old', async () => {
    const { couch, qlik, sweep } = rig();
    const yesterday = at('11:59') - 86_400_000;
    couch.seed(
      ticket('r1', { recoveredAt: at('11:55') }),
      ticket('r2', { log: 'tail' }),
      ticket('r3', { failedAt: yesterday }),
    );
    await sweep(undefined, { apps: {} });
    expect(qlik.calls).to.deep.equal([]);
    for (const id of ['r1', 'r2', 'r3']) expect(read(couch, id)).not.to.have.property('dueAt');
    expect(read(couch, 'r2')).to.have.property('log', 'tail');
  });

  it('is asked for again every 15 minutes if Qlik has none yet, and no more an hour after the failure', async () => {
    const { couch, clock, qlik, sweep, lines } = rig();
    couch.seed(ticket('r1', { failedAt: at('11:59') }));
    await sweep(undefined, { apps: {} });
    expect(read(couch, 'r1')).to.have.property('dueAt', at('12:15'));
    clock.store = clock.container = at('12:59:01');
    await sweep(undefined, { apps: {}, deadline: at('13:01') });
    expect(qlik.calls).to.have.length(2);
    expect(read(couch, 'r1')).not.to.have.any.keys('dueAt', 'log');
    expect(lines).to.deep.equal(['A ticket stays without its reload’s log']);
  });

  it('is asked for again if Qlik does not answer; two silent questions are enough for one sweep', async () => {
    const { couch, qlik, sweep } = rig();
    for (const id of ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']) {
      couch.seed(ticket(id, { failedAt: at('09:00'), dueAt: at(`09:00:0${id.slice(1)}`) }));
      qlik.logs.set(id, silent);
    }
    await sweep(undefined, { apps: {} });
    // Four are asked for at once.
    expect(qlik.calls).to.have.length(4);
    for (const id of ['r1', 'r2', 'r3', 'r4']) expect(read(couch, id)).to.have.property('dueAt', at('12:15'));
    // The other tickets wait as long, in their order. A sweep has looked at them, so they do not count as overdue.
    expect(read(couch, 'r5')).to.have.property('dueAt', at('12:15') + 4);
    expect(read(couch, 'r6')).to.have.property('dueAt', at('12:15') + 5);
  });

  it('is not asked for in vain for ever if it says nothing', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(ticket('r1'));
    qlik.logs.set('r1', found('\n'));
    await sweep(undefined, { apps: {} });
    expect(read(couch, 'r1')).not.to.have.any.keys('dueAt', 'log');
  });

  it('is read for at most 200 tickets and 10 seconds in one sweep, the oldest first', async () => {
    const many = rig();
    const ids = Array.from({ length: 230 }, (_, index) => `r${1_000 + index}`);
    many.couch.seed(...ids.map((id, index) => ticket(id, { dueAt: at('11:50') + index })));
    for (const id of ids) many.qlik.logs.set(id, found(`log of ${id}`));
    await many.sweep(undefined, { apps: {} });
    expect(ids.filter((id) => 'log' in (read(many.couch, id) ?? {}))).to.deep.equal(ids.slice(0, 200));
    // The other tickets are due again at once, in their order.
    expect(read(many.couch, 'r1200')).to.have.property('dueAt', at('12:00') + 200);
    expect(read(many.couch, 'r1229')).to.have.property('dueAt', at('12:00') + 229);
    await many.sweep(undefined, { apps: {} });
    expect(ids.filter((id) => 'log' in (read(many.couch, id) ?? {}))).to.deep.equal(ids.slice(0, 200));
    many.clock.store = many.clock.container = at('12:05');
    await many.sweep(undefined, { apps: {}, deadline: at('12:07') });
    expect(ids.filter((id) => 'log' in (read(many.couch, id) ?? {}))).to.deep.equal(ids);

    const slow = rig();
    slow.couch.seed(...ids.map((id, index) => ticket(id, { dueAt: at('11:50') + index })));
    for (const id of ids) slow.qlik.logs.set(id, found(`log of ${id}`));
    slow.qlik.onCall = () => {
      slow.clock.container = (slow.clock.container + 1_000) as typeof slow.clock.container;
    };
    await slow.sweep(undefined, { apps: {} });
    // Four at once take 4 s here: after 8 s there are less than 2 s left, and the third four begins with one of them.
    expect(slow.qlik.calls.length).to.be.within(9, 12);
  });

  it('is read for no more than 200 tickets also if a tenant among them is silent', async () => {
    const { couch, qlik, sweep } = rig();
    const ids = Array.from({ length: 210 }, (_, index) => `r${1_000 + index}`);
    // The first two of the other tenant get no answer, so the third is not asked for: 200 is no end of a four then.
    const silentOnes = [0, 1, 4];
    const ofOther = (id: string) => ({ tenant: 'other', _id: `ticket:reload:other:${id}` });
    for (const [index, id] of ids.entries()) {
      const isSilent = silentOnes.includes(index);
      couch.seed(ticket(id, { dueAt: at('11:50') + index, ...(isSilent && ofOther(id)) }));
      qlik.logs.set(id, isSilent ? silent : found(`log of ${id}`));
    }
    await sweep(undefined, { apps: {}, tenants: [DEFAULT, 'other' as TenantName] });
    expect(qlik.calls).to.have.length(200);
  });

  it('is waited for 5 seconds, and not asked for if less than a second is left', async () => {
    const { couch, qlik, clock, sweep } = rig();
    for (let id = 1; id <= 5; id += 1) {
      couch.seed(ticket(`r${id}`));
      qlik.logs.set(`r${id}`, found('tail'));
    }
    // The first four come after 9.5 s, so half a second is left for the fifth.
    qlik.onCall = () => {
      clock.container = (at('12:00') + 9_500) as typeof clock.container;
    };
    await sweep(undefined, { apps: {} });
    expect(qlik.timeouts[0]).to.equal(5_000);
    expect(qlik.timeouts.every((timeout) => timeout >= 1_000)).to.equal(true);
    expect(qlik.calls).not.to.include(`log ${A} r5`);
  });

  it('of a tenant that is not ours is left alone', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(ticket('r1'));
    await sweep(undefined, { apps: {}, addressOf: () => 'https://other.eu.qlikcloud.com' });
    expect(qlik.calls).to.deep.equal([]);
    expect(read(couch, 'r1')).to.have.property('dueAt', at('11:50:01'));
  });

  it('holds nothing else up: a silent log leaves the questions about orders as they are', async () => {
    const { couch, qlik, sweep } = rig();
    for (const id of ['r1', 'r2', 'r3']) {
      couch.seed(ticket(id));
      qlik.logs.set(id, silent);
    }
    couch.seed({
      ...{ _id: `order:default:${B}:s:r0`, schema: 1, type: 'order', tenant: 'default', appId: B, chain: 'sales' },
      ...{ state: 'posted', body: {}, causes: ['r0'], hops: 1, root: 'event:default:r0', traceId: 't1', try: 1 },
      ...{ claims: 1, owner: 'a1', reloadId: 'p1', isCertain: true, ends: [], createdAt: at('11:30') },
      ...{ postedAt: at('11:31'), dueAt: at('11:55') },
    });
    await sweep(undefined, { apps: {} });
    expect(qlik.calls).to.deep.equal(['get p1', `log ${A} r1`, `log ${A} r2`, `log ${A} r3`]);
  });

  it('waits for the next sweep if somebody changed the ticket meanwhile', async () => {
    const { couch, qlik, sweep, ports } = rig();
    couch.seed(ticket('r1'));
    qlik.logs.set('r1', found('tail'));
    const store: CouchPort = {
      ...ports.store,
      bulk: async (documents) => documents.map(() => ({ kind: 'conflict' }) as const),
    };
    await sweep(undefined, { apps: {}, store });
    expect(read(couch, 'r1')).to.have.property('dueAt', at('11:50:01'));
    await sweep(undefined, { apps: {} });
    expect(read(couch, 'r1')).to.have.property('log', 'tail');
  });

  it('is added later if the store does not take it: what else the sweep found goes on', async () => {
    const { couch, qlik, sweep, ports, lines } = rig();
    couch.seed(ticket('r1'), event('r9', '11:50', { resolvedAt: undefined, skips: undefined, dueAt: at('11:52') }));
    qlik.logs.set('r1', found('tail'));
    const bulk = () => Promise.reject(new CascadeError('STORE_UNAVAILABLE', 'CouchDB gave no answer.'));
    const batch = await sweep(undefined, { apps: {}, store: { ...ports.store, bulk } });
    expect(idsOf(batch)).to.deep.equal(['r9']);
    expect(lines).to.deep.equal(['Logs are added to their tickets later: CouchDB gave no answer.']);
    expect(read(couch, 'r1')).to.have.property('dueAt', at('11:50:01'));
  });

  it('of a spoilt ticket is not asked for, and the others are', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(ticket('r1', { times: 'often' }), ticket('r2'));
    qlik.logs.set('r2', found('tail'));
    await sweep(undefined, { apps: {} });
    expect(qlik.calls).to.deep.equal([`log ${A} r2`]);
  });
});
