import { expect } from 'chai';
import { deployedChains, PageDocuments, typeOf } from '../../dashboard/model/documents.ts';

const end = (reloadId: string, more: object = {}) => ({
  _id: `event:default:${reloadId}`,
  _rev: '1-a',
  schema: 1,
  type: 'event',
  tenant: 'default',
  appId: 'a1',
  reloadId,
  outcome: 'succeeded',
  endedAt: 1_700_000_000_000,
  partial: false,
  source: 'webhook',
  traceId: 't1',
  storedAt: 1_700_000_001_000,
  ...more,
});

const app = { tenant: 'default', appId: 'a1', label: 'Sales', names: ['sales/extract'] };
const definition = (part: number, chains: object) => ({
  ...{ _id: `definition:0123456789abcdef${part === 1 ? '' : `:${part}`}`, _rev: '1-a', schema: 1, type: 'definition' },
  ...{ hash: '0123456789abcdef', part, parts: 2, chains, storedAt: 1_700_000_000_000 },
});
const deployed = {
  ...{ _id: 'deployed', _rev: '1-a', schema: 1, type: 'deployed' },
  ...{ hash: '0123456789abcdef', since: 1_700_000_000_000, before: [] },
};

describe('the documents of the page', () => {
  it('are sorted by type, and what the page does not show is ignored', () => {
    expect(typeOf('event:default:r1')).to.equal('event');
    expect(typeOf('deployed')).to.equal('deployed');
    expect(typeOf('_design/cascade-history')).to.equal(undefined);
    expect(typeOf('probe')).to.equal(undefined);
    const documents = new PageDocuments();
    const changed = documents.take([end('r1'), { _id: '_design/x', _rev: '1-a' }]);
    expect([...changed]).to.deep.equal(['event']);
    expect([...documents.of('event').keys()]).to.deep.equal(['event:default:r1']);
  });

  it('take a newer version in place of an older one, and drop what was deleted', () => {
    const documents = new PageDocuments();
    documents.take([end('r1'), end('r2')]);
    documents.take([end('r1', { _rev: '2-b', resolvedAt: 1_700_000_002_000 })]);
    expect(documents.of('event').get('event:default:r1')?.resolvedAt).to.equal(1_700_000_002_000);
    documents.take([{ _id: 'event:default:r2', _rev: '2-c', _deleted: true }]);
    expect(documents.of('event').size).to.equal(1);
    expect([...documents.malformed]).to.deep.equal([]);
  });

  it('keep the document of the store if the device has it as not sent, too', () => {
    const documents = new PageDocuments();
    const act = { schema: 1, type: 'act', by: 'ann', kind: 'note', value: 'Seen', at: 36 };
    const _id = 'act:ticket:reload:default:r1:000000010:abc123';
    documents.take([{ ...act, _id, _rev: '1-a' }]);
    documents.take([{ ...act, _id, _rev: '0-unsent' }]);
    expect(documents.of('act').get(_id)?._rev).to.equal('1-a');
  });

  it('leave out a spoilt document, and only that one, until it is repaired', () => {
    const documents = new PageDocuments();
    documents.take([end('r1', { outcome: 'sunny' }), end('r2')]);
    expect([...documents.of('event').keys()]).to.deep.equal(['event:default:r2']);
    expect([...documents.malformed]).to.deep.equal(['event:default:r1']);
    documents.take([end('r1')]);
    expect(documents.malformed.size).to.equal(0);
  });

  it('give the deployed chains once all their parts are there', () => {
    const documents = new PageDocuments();
    documents.take([deployed, definition(1, { links: {}, apps: { 'default/a1': app } })]);
    expect(deployedChains(documents)).to.deep.equal({ links: {}, apps: {} });
    documents.take([definition(2, { links: {}, apps: { 'default/a2': { ...app, appId: 'a2' } } })]);
    expect(Object.keys(deployedChains(documents).apps)).to.deep.equal(['default/a1', 'default/a2']);
  });
});
