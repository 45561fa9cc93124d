import { expect } from 'chai';
import { createByHand } from '../../../actions/reload/by-hand.ts';
import type { ReloadOrder } from '../../../src/core/order.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { memoryCouch } from '../../support/memory-couch.ts';
import { T } from './support/ledger-world.ts';

const ORDER = 'order:default:a:s:m.act1';
const order = {
  order: ORDER,
  tenant: 'default',
  appId: 'a',
  body: { weight: 3 },
  chain: 'by-hand',
} as unknown as ReloadOrder;
const document = {
  _id: ORDER,
  _rev: '1-aaaaaaaa',
  schema: 1,
  type: 'order',
  tenant: 'default',
  appId: 'a',
  chain: 'by-hand',
  state: 'planned',
  body: { weight: 3 },
  causes: ['m.act1'],
  hops: 1,
  root: ORDER,
  traceId: 'act1',
  try: 1,
  claims: 0,
  ends: [],
  createdAt: T,
  dueAt: T + 60_000,
};

function world() {
  const store = memoryCouch(() => T as EpochMs, { isCold: true });
  const lines: string[] = [];
  const line = (message: string) => void lines.push(message);
  const log = { info: line, warn: line, error: line };
  const ports = { store, times: timeConstants(1), now: T as EpochMs, activationId: 'act1', log };
  const create = () => createByHand(order, { ...ports, addressOf: () => 'https://one.example' });
  return { store, create, lines };
}

describe('an order by hand', () => {
  it('is planned and due before anything is started', async () => {
    const { store, create } = world();
    expect(await create()).to.deep.equal({ traceId: 'act1', created: document, storeNow: T });
    expect(store.peek(ORDER)).to.deep.equal(document);
  });

  it('takes along what the ledger knows of its tenant, so that nobody asks for it again', async () => {
    const { store, create } = world();
    store.seed({
      _id: 'gate:default',
      schema: 1,
      type: 'gate',
      until: T + 9_000,
      echoes: false,
      echoesAt: 'https://one.example',
    });
    store.seed({ _id: 'tenant:default', schema: 1, type: 'tenant', url: 'https://one.example' });
    expect(await create()).to.deep.equal({
      traceId: 'act1',
      created: document,
      storeNow: T,
      gateUntil: T + 9_000,
      echoes: false,
      tenantUrl: 'https://one.example',
    });
  });

  it('is read again where the answer to its creation was lost', async () => {
    const { store, create } = world();
    store.fail('put', 'after');
    expect(await create()).to.deep.equal({ traceId: 'act1', due: ORDER });
    expect(store.peek(ORDER)).to.deep.equal(document);
  });
});
