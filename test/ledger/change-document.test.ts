import { expect } from 'chai';
import type { EpochMs } from '../../src/core/units.ts';
import { changeDocument } from '../../src/ledger/change-document.ts';
import { memoryCouch } from '../support/memory-couch.ts';

const ID = 'rate:default:a';

/** Counts a document's `n` up by one, and returns the new number. */
const countUp = (found: { readonly [field: string]: unknown } | undefined) => {
  const n = Number(found?.['n'] ?? 0) + 1;
  return { result: n, write: { n } };
};

describe('a change of a document', () => {
  it('creates the document if there is none, and replaces it by its rev if there is one', async () => {
    const store = memoryCouch(() => 0 as EpochMs);
    expect([await changeDocument(ID, store, countUp), await changeDocument(ID, store, countUp)]).to.deep.equal([1, 2]);
    expect(store.peek(ID)).to.deep.equal({ _id: ID, _rev: '2-aaaaaaaa', n: 2 });
  });

  it('writes nothing if the decision has nothing to write', async () => {
    const store = memoryCouch(() => 0 as EpochMs);
    expect(await changeDocument(ID, store, () => ({ result: 'as it is' }))).to.equal('as it is');
    expect(store.asked).to.deep.equal([`get ${ID}`]);
  });

  it('is decided again after a conflict, by what the other writer has written', async () => {
    const store = memoryCouch(() => 0 as EpochMs);
    store.intrude('put', () => store.seed({ _id: ID, n: 7 }));
    expect(await changeDocument(ID, store, countUp)).to.equal(8);
    expect(store.peek(ID)).to.include({ n: 8 });
  });

  it('saves the first read if the caller has read the document, or if there is probably none', async () => {
    const store = memoryCouch(() => 0 as EpochMs);
    expect(await changeDocument(ID, store, countUp, 'absent')).to.equal(1);
    expect(await changeDocument(ID, store, countUp, store.peek(ID))).to.equal(2);
    expect(store.asked).to.deep.equal([`put ${ID}`, `put ${ID}`]);
    // It is there: the conflict shows it, and the document is read.
    expect(await changeDocument(ID, store, countUp, 'absent')).to.equal(3);
  });
});
