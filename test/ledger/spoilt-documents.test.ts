import { expect } from 'chai';
import type { NewDocument, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { batch } from '../../src/contracts/generated/batch.cjs';
import { batchEventOf, readEvent } from '../../src/ledger/documents/event.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { LEDGER_READERS } from '../../src/ledger/ledger-document.ts';
import { ONE_OF_EACH } from '../support/one-of-each.ts';

const stored = (document: NewDocument): StoredDocument => ({ _rev: '1-a', ...document });
const codeOf = (read: () => unknown): string => {
  try {
    read();
    return 'read';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

/** Values that a person may have put into a field. Each must be refused in every field with a meaning. */
const NONSENSE: readonly unknown[] = [null, { a: 1 }, [[]], -1, 1e300];
/** The store itself checks these fields. */
const FREE: readonly string[] = ['_id', '_rev'];
/**
 * In these fields `{ a: 1 }` has a meaning. The app a is fresh since 1970, the reload or activation a was canceled or
 * counted then, the channel a was leased then, or a policy asks for nothing.
 */
const FINE: readonly string[] = [
  'counted {"a":1}',
  'fresh {"a":1}',
  'cancelRequestedAt {"a":1}',
  'policy {"a":1}',
  'leases {"a":1}',
];

describe('a document that somebody changed', () => {
  for (const [type, read] of Object.entries(LEDGER_READERS)) {
    const document = ONE_OF_EACH[type as keyof typeof LEDGER_READERS];

    it(`of type ${type} is read as it is written`, () => {
      expect(read(stored(document))).to.deep.equal(stored(document));
    });

    for (const field of Object.keys(document).filter((name) => !FREE.includes(name))) {
      for (const nonsense of NONSENSE.filter((value) => !FINE.includes(`${field} ${JSON.stringify(value)}`))) {
        it(`of type ${type} is refused where its ${field} is ${JSON.stringify(nonsense)}`, () => {
          expect(codeOf(() => read(stored({ ...document, [field]: nonsense })))).to.equal('LEDGER_MALFORMED');
        });
      }
    }

    it(`of type ${type} is refused under another id, or as another type`, () => {
      expect(codeOf(() => read(stored({ ...document, _id: `x${document._id}` })))).to.equal('LEDGER_MALFORMED');
      expect(codeOf(() => read(stored({ ...document, type: 'other' })))).to.equal('LEDGER_MALFORMED');
    });
  }

  it('is named with its field', () => {
    const order = ONE_OF_EACH.order;
    expect(() => readOrder(stored({ ...order, createdAt: 9e15 }))).to.throw(
      `The document ${order._id} is no order of schema 1: look at its field "createdAt".`,
    );
    const other = 'order:default:b:s:r1';
    expect(() => readOrder(stored({ ...order, _id: other }))).to.throw(
      `The document ${other} is no order of schema 1: look at its field "_id".`,
    );
  });

  const passable = (document: NewDocument) => {
    const events = [batchEventOf(readEvent(stored(document)))];
    return batch({ traceId: 't1', source: 'sweep', receivedAt: 1, events, ignored: [] });
  };

  it('is refused, or else goes through the steps: one event must not stop a whole batch there', () => {
    const event = ONE_OF_EACH.event;
    expect(passable(event)).to.equal(true);
    const values = [...NONSENSE, '', 'x', 'X Y', 'x'.repeat(1_000), 0.5, 0, true, { code: 'c', message: 'm', more: 1 }];
    for (const field of Object.keys(event)) {
      for (const value of values) {
        const spoilt = { ...event, [field]: value };
        if (codeOf(() => readEvent(stored(spoilt))) !== 'read') continue;
        expect(passable(spoilt), `${field}: ${JSON.stringify(value)}`).to.equal(true);
      }
    }
  });
});
