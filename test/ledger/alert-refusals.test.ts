import { expect } from 'chai';
import type { Written } from '../../src/clients/couchdb/couchdb-port.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { alertRefusals } from '../../src/ledger/alert-refusals.ts';
import { memoryCouch } from '../support/memory-couch.ts';

const T = 1_800_000_000_000 as EpochMs;
const ILL_FORMED: Written = { kind: 'refused', message: 'CouchDB answered 400 (bad_request)', isForGood: true };
const FORBIDDEN: Written = { kind: 'refused', message: 'CouchDB refused it (forbidden)', isForGood: false };

function world(refusal: Written, isRefused: (id: string) => boolean) {
  const memory = memoryCouch(() => T);
  const lines: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void lines.push(message) };
  const store = alertRefusals(
    {
      ...memory,
      put: async (document) => (isRefused(document._id) ? refusal : memory.put(document)),
      bulk: async (documents) =>
        Promise.all(documents.map((each) => (isRefused(each._id) ? refusal : memory.put(each)))),
    },
    { traceId: 't1', now: () => T, log },
  );
  return { store, lines, alertOf: (id: string) => memory.peek(`alert:not-stored:${id}`) };
}

describe('a document that CouchDB refuses for good', () => {
  it('raises an alert that names it, written alone or with others', async () => {
    const { store, alertOf, lines } = world(ILL_FORMED, (id) => /^(order|app):default:bad/.test(id));
    await store.bulk([{ _id: 'order:default:good:s:r1' }, { _id: 'order:default:bad:s:r1' }]);
    await store.put({ _id: 'app:default:bad' });
    expect(alertOf('order:default:bad:s:r1')).to.include({
      kind: 'not-stored',
      subject: 'order:default:bad:s:r1',
      traceId: 't1',
      at: T,
    });
    expect(alertOf('order:default:bad:s:r1')?.['message']).to.match(/400.*order:default:bad:s:r1.*cascade replay/);
    expect(alertOf('app:default:bad')?.['message']).to.not.include('cascade replay');
    expect(alertOf('order:default:good:s:r1')).to.equal(undefined);
    expect(lines).to.have.length(2);
  });

  it('has an alert that is well-formed whatever its id', async () => {
    const { store, alertOf } = world(ILL_FORMED, (id) => id.startsWith('hint:'));
    await store.put({ _id: 'hint:\ud800' });
    expect(alertOf('hint:\ufffd')?.['message']).to.include('hint:\ufffd');
  });

  it('is refused for good only once its alert is stored: until then its writer tries again', async () => {
    const memory = memoryCouch(() => T);
    const lines: string[] = [];
    const log = { info() {}, warn() {}, error: (message: string) => void lines.push(message) };
    const store = alertRefusals(memory, { traceId: 't1', now: () => T, log });
    const bad = { _id: 'order:default:bad:s:r1', body: { variables: { v: 'a\ud800b' } } };
    memory.fail('put', 'before');
    expect(await store.bulk([bad, { _id: 'good' }])).to.deep.equal([
      { kind: 'refused', message: 'invalid UTF-8 JSON (simulated)', isForGood: false },
      { kind: 'stored', rev: '1-aaaaaaaa' },
    ]);
    expect(memory.peek(`alert:not-stored:${bad._id}`)).to.equal(undefined);
    expect((await store.bulk([bad]))[0]).to.include({ kind: 'refused', isForGood: true });
    expect(memory.peek(`alert:not-stored:${bad._id}`)).to.include({ kind: 'not-stored' });
    // The alert was raised within the hour, so it is not raised again. The refusal is still for good.
    expect((await store.bulk([bad]))[0]).to.include({ isForGood: true });
    expect(lines).to.have.length(2);
  });

  it('raises none if only its writer is refused, nor about an alert', async () => {
    const forbidden = world(FORBIDDEN, (id) => id === 'order:a');
    await forbidden.store.put({ _id: 'order:a' });
    expect(forbidden.alertOf('order:a')).to.equal(undefined);
    const alerts = world(ILL_FORMED, (id) => id.startsWith('alert:'));
    await alerts.store.put({ _id: 'alert:quota:a' });
    expect(alerts.lines).to.deep.equal([]);
  });
});
