import { expect } from 'chai';
import type { NewDocument, Written } from '../../../src/clients/couchdb/couchdb-port.ts';
import { at, checkpoint, ended, idsOf, rig } from './support/rig.ts';

/** A sweep that hears of two ends; CouchDB refuses to store the first. */
function sweepRefused(isForGood: boolean) {
  const { couch, qlik, sweep } = rig();
  couch.seed(checkpoint('11:40'));
  qlik.pages.push([ended('r2', '11:50'), ended('r1', '11:45')]);
  const refusal: Written = { kind: 'refused', message: 'CouchDB answered 413 (document_too_large)', isForGood };
  const put = async (document: NewDocument) => (document._id === 'event:default:r1' ? refusal : couch.put(document));
  const bulk = (documents: readonly NewDocument[]) => Promise.all(documents.map(put));
  return { couch, batch: sweep(undefined, { store: { ...couch, bulk } }) };
}

describe('an end whose event CouchDB refuses', () => {
  it('for good keeps no other from being taken up, and is not heard of again', async () => {
    const { couch, batch } = sweepRefused(true);
    expect(idsOf(await batch)).to.deep.equal(['r2']);
    expect(couch.peek('checkpoint:default')).to.include({ t: at('11:50') });
  });

  it('for now is heard of again: the sweep fails, and its checkpoint stays', async () => {
    const { couch, batch } = sweepRefused(false);
    const error = await batch.catch((cause: unknown) => cause);
    expect(error).to.include({ code: 'STORE_REFUSED' });
    expect(couch.peek('checkpoint:default')).to.include({ t: at('11:40') });
  });
});
