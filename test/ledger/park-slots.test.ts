import { expect } from 'chai';
import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { takeSlot } from '../../src/ledger/park-slots.ts';
import { memoryCouch } from '../support/memory-couch.ts';
import { plannedOrder } from '../support/planned-order.ts';

const T = 1_800_000_000_000 as EpochMs;
const OTHER = 'order:default:a:s:r9';
const parked = (_id: string, more: object) => ({ ...plannedOrder, _id, state: 'parked', createdAt: T, ...more });
const retry = (attempts: number) => ({ policy: { retry: { attempts, delay: 60_000 } } });

/** What becomes of the second of two parked orders of one app. */
async function second(first: object, next: object): Promise<string> {
  const store = memoryCouch(() => T);
  store.seed(parked(OTHER, first), parked('order:default:a:s:r0', next));
  const slots = {
    get: (id: string) => store.get(id),
    put: async (next: NewDocument) => ({ ...(await store.put(next)), wasLost: false }),
  };
  const log = { error() {} };
  for (const id of [OTHER, 'order:default:a:s:r0']) {
    const document = store.peek(id);
    const slot = document === undefined ? undefined : await takeSlot(readOrder(document), slots, log);
    if (id !== OTHER) return slot?.kind ?? '';
  }
  return '';
}

describe('two parked orders of one app', () => {
  it('merge if their bodies and policies are equal', async () => {
    expect(await second({}, {})).to.equal('other');
    expect(await second(retry(2), retry(2))).to.equal('other');
  });

  it('do not merge if one is started again more often, or has a timeout', async () => {
    expect(await second(retry(2), retry(1))).to.equal('mine');
    expect(await second({}, retry(1))).to.equal('mine');
    expect(await second({ policy: { timeout: 60_000 } }, {})).to.equal('mine');
  });
});
