import { expect } from 'chai';
import { lostMerges, type Merge } from '../../../cli/ledger/lost-merges.ts';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { at, done, order } from './ledger-of.ts';

const HOST = order('report', 'host', at('01:00'), done('r2', at('01:00'), at('01:01')));
const merges = (count: number): readonly Merge[] =>
  Array.from({ length: count }, (_, n) => ({ _id: `order:default:report:s:m${n}`, into: HOST._id }));

/** A store in which all of them were merged into one that ended, and how many ids each request had. */
function storeOf() {
  const requests: number[] = [];
  const many = async (ids: readonly string[]) => {
    requests.push(ids.length);
    return ids.map(() => ({ ...HOST, _rev: '1-a' }) as StoredDocument);
  };
  return { requests, many };
}

describe('merged orders', () => {
  it('are looked up 200 at once', async () => {
    const { requests, many } = storeOf();
    expect(await lostMerges(merges(450), { many })).to.deep.equal({ lost: [], isCut: false });
    expect(requests).to.deep.equal([200, 200, 50]);
  });

  it('are looked up to 20,000; that there are more is told', async () => {
    const { requests, many } = storeOf();
    expect(await lostMerges(merges(20_000), { many })).to.deep.equal({ lost: [], isCut: false });
    expect(await lostMerges(merges(20_001), { many })).to.deep.equal({ lost: [], isCut: true });
    expect(requests).to.have.length(200);
  });

  it('are not lost if a command has planned them again since they were read', async () => {
    const off = { ...order('report', 'off', at('01:00'), { state: 'called-off' }), _rev: '2-a' };
    const planned = { ...order('report', 'm0', at('01:00'), { dueAt: at('01:01') }), _rev: '2-a' };
    const stored = new Map<string, StoredDocument>([off, planned].map((document) => [document._id, document]));
    const many = async (ids: readonly string[]) => ids.map((id) => stored.get(id));
    const merge = { _id: planned._id, into: off._id };
    expect(await lostMerges([merge], { many })).to.deep.equal({ lost: [], isCut: false });
  });
});
