import { expect } from 'chai';
import { createByHand } from '../../../actions/reload/by-hand.ts';
import { reloadOrder } from '../../../actions/reload/reload-order.ts';
import type { CreatedOrder } from '../../../src/contracts/order-request.ts';
import type { ReloadOrder } from '../../../src/core/order.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { BOUND, ledgerWorld, ORDER, planned, started, T } from './support/ledger-world.ts';

const ANOTHER = 'https://another.eu.qlikcloud.com';
const ALERT = 'alert:tenant-moved:default';
const OTHER = 'order:default:a:s:r5';

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: { code: unknown }) => error.code,
  );
const due = { dueAt: T - 1 };
const waiting = { owner: 'act0', claims: 1 };

/** An order in every state from which a worker would take it up. */
const STATES: Readonly<Record<string, object>> = {
  planned: {},
  'claimed, its lease lapsed': { state: 'claimed', ...waiting, doubt: { since: T - 200_000 }, ...due },
  unknown: { state: 'unknown', ...waiting, doubt: { since: T - 200_000, sentAt: T - 190_000 }, ...due },
  parked: { state: 'parked', ...waiting, ...due },
  waiting: { state: 'waiting', ...waiting, ...due },
  'merged, not looked after': { state: 'merged', ...waiting, into: OTHER, ...due },
};

describe('an order whose tenant is another one for the ledger than for the settings', () => {
  for (const [title, more] of Object.entries(STATES)) {
    for (const wake of [false, true]) {
      it(`stays as it is, due, and nothing is asked of Qlik: ${title}${wake ? ', woken' : ''}`, async () => {
        const world = ledgerWorld({ address: ANOTHER, documents: [{ ...planned, ...more }], starts: [started] });
        const before = world.order();
        expect(await codeOf(world.due(wake ? { wake } : {}))).to.equal('SETTINGS_INVALID');
        expect(world.order()).to.deep.equal(before);
        expect(world.posts).to.deep.equal([]);
        expect(world.did).to.deep.equal([`many ${ORDER} gate:default tenant:default`, `put ${ALERT}`]);
      });
    }
  }

  it('is not started by the invocation that carries it either, which reads nothing more', async () => {
    const world = ledgerWorld({ address: ANOTHER, starts: [started] });
    const created = world.store.peek(ORDER) as unknown as CreatedOrder;
    const request = { traceId: 't1', created, storeNow: T as EpochMs, tenantUrl: BOUND.url };
    expect(await codeOf(reloadOrder(request, world.ports))).to.equal('SETTINGS_INVALID');
    expect([world.posts, world.did, world.order()]).to.deep.equal([[], [`put ${ALERT}`], created]);
    expect(world.store.peek(ALERT)).to.include({ subject: 'default', at: T, traceId: 't1' });
  });

  it('leaves a park’s slot alone where it is woken too late', async () => {
    const park = { _id: 'park:default:a', schema: 1, type: 'park', slots: {} };
    const world = ledgerWorld({ address: ANOTHER, documents: [{ ...planned, state: 'posted', ...due }, park] });
    expect(await codeOf(world.due({ wake: true }))).to.equal('SETTINGS_INVALID');
    expect(world.did).to.not.include('get park:default:a');
  });

  it('is not even created by hand', async () => {
    const world = ledgerWorld({ address: ANOTHER, documents: [], echoes: 'unknown' });
    const order = { order: 'order:default:a:s:m.act1', tenant: 'default', appId: 'a', body: {}, chain: 'by-hand' };
    const ports = { ...world.ports, now: T as EpochMs, activationId: 'act1' };
    expect(await codeOf(createByHand(order as unknown as ReloadOrder, ports))).to.equal('SETTINGS_INVALID');
    expect(world.store.all().map(({ _id }) => _id)).to.deep.equal([ALERT, 'tenant:default']);
  });

  it('is one too where its tenant’s document cannot be read', async () => {
    const spoilt = { ...BOUND, url: 7 };
    const world = ledgerWorld({ documents: [planned, spoilt], starts: [started] });
    expect(await codeOf(world.due())).to.equal('SETTINGS_INVALID');
    expect(world.posts).to.deep.equal([]);
  });
});

describe('an order whose tenant the ledger and the settings mean alike', () => {
  for (const url of ['https://default.eu.qlikcloud.com/', 'https://DEFAULT.eu.qlikcloud.com:443']) {
    it(`is started, also where a person wrote the address as ${url}`, async () => {
      const world = ledgerWorld({ documents: [planned, { ...BOUND, url }], starts: [started] });
      expect(await world.due()).to.include({ did: 'started' });
      expect(world.store.peek(ALERT)).to.equal(undefined);
    });
  }

  it('is started with one request before its POST where its invocation carries it', async () => {
    const world = ledgerWorld({ starts: [started] });
    const created = world.store.peek(ORDER) as unknown as CreatedOrder;
    const request = { traceId: 't1', created, storeNow: T as EpochMs, echoes: false, tenantUrl: BOUND.url };
    expect(await reloadOrder(request, world.ports)).to.include({ did: 'started' });
    expect(world.did).to.deep.equal([`put ${ORDER}`, 'POST', `bulk started:default:r1 ${ORDER}`]);
    expect(world.lines).to.deep.equal([]);
  });

  it('is started with a warning where no deployment has bound the tenant', async () => {
    const world = ledgerWorld({ starts: [started] });
    expect(await world.created()).to.include({ did: 'started' });
    expect(world.lines).to.deep.equal(['The ledger does not say where this tenant is: deploy again']);
  });

  it('waits at its tenant’s gate also where a person gave it', async () => {
    const gate = { _id: 'gate:default', schema: 1, type: 'gate', until: T + 5_000 };
    const world = ledgerWorld({ documents: [gate] });
    const order = { order: 'order:default:a:s:m.act1', tenant: 'default', appId: 'a', body: {}, chain: 'by-hand' };
    const ports = { ...world.ports, now: T as EpochMs, activationId: 'act1' };
    const request = await createByHand(order as unknown as ReloadOrder, ports);
    expect(request).to.include({ gateUntil: T + 5_000, tenantUrl: BOUND.url });
    expect(await reloadOrder(request, world.ports)).to.include({ did: 'waiting', dueAt: T + 5_000 });
  });
});
