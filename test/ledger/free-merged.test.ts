import { expect } from 'chai';
import type { CouchPort, NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { AppId, TenantName } from '../../src/core/names.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { freeMerged } from '../../src/ledger/free-merged.ts';
import { memoryCouch } from '../support/memory-couch.ts';
import { plannedOrder } from '../support/planned-order.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z') as EpochMs;
const OFF = 'order:default:a:s:off';
const merged = (id: string): NewDocument => ({
  ...plannedOrder,
  _id: `order:default:a:s:${id}`,
  state: 'merged',
  createdAt: NOW,
  storedAt: NOW,
  into: OFF,
});

function ledgerOf(put?: CouchPort['put']) {
  const couch = memoryCouch(() => NOW);
  couch.seed(merged('r1'), merged('r2'), merged('r3'));
  const puts: string[] = [];
  const store: CouchPort = {
    ...couch,
    put: (document) => {
      puts.push(document._id);
      return (put ?? couch.put)(document);
    },
  };
  const app = { tenant: 'default' as TenantName, appId: 'a' as AppId };
  const when = { at: NOW, times: timeConstants() };
  const lines: string[] = [];
  const log = { error: (message: string) => void lines.push(message) };
  const free = () => freeMerged(app, new Set([OFF]), 'person', when, { store, log }).catch((error: unknown) => error);
  return { free, puts, lines };
}

describe('freeing merged orders', () => {
  it('plans each order again that is merged into one that is called off', async () => {
    const { free, puts } = ledgerOf();
    expect(await free())
      .to.deep.equal(puts)
      .and.to.have.length(3);
  });

  it('ends at the first request that CouchDB refuses: it locks a user after five wrong logins', async () => {
    const { free, puts } = ledgerOf(async () => {
      throw new CascadeError('STORE_REFUSED', 'CouchDB answered 401');
    });
    expect(await free()).to.include({ code: 'STORE_REFUSED' });
    expect(puts).to.have.length(1);
  });

  it('goes on after a document that others keep changing, and fails, so that somebody comes back to it', async () => {
    const { free, puts } = ledgerOf(async ({ _id }) =>
      _id === 'order:default:a:s:r1' ? { kind: 'conflict' } : { kind: 'stored', rev: '2-b' },
    );
    expect(await free()).to.include({ code: 'STORE_UNAVAILABLE' });
    // 20 tries of the first, one of each of the two others.
    expect(puts.filter((id) => id === 'order:default:a:s:r1')).to.have.length(20);
    expect(puts.slice(20)).to.deep.equal(['order:default:a:s:r2', 'order:default:a:s:r3']);
  });

  for (const isForGood of [true, false]) {
    const code = isForGood ? 'DOCUMENT_REFUSED' : 'STORE_REFUSED';
    it(`goes on after a document that is refused (${code}), and throws the first refusal`, async () => {
      const { free, puts, lines } = ledgerOf(async () => ({ kind: 'refused', message: 'CouchDB answered', isForGood }));
      expect(await free())
        .to.include({ code })
        .and.to.have.property('message')
        .that.includes('order:default:a:s:r1');
      expect(puts).to.have.length(3);
      expect(lines).to.have.length(2);
    });
  }
});
