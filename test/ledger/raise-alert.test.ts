import { expect } from 'chai';
import type { EpochMs } from '../../src/core/units.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { memoryCouch } from '../support/memory-couch.ts';

const T = 1_800_000_000_000 as EpochMs;
const alert = { kind: 'quota', subject: 'default:a', message: 'The quota is used up', traceId: 't1', at: T } as const;

function world() {
  const store = memoryCouch(() => T);
  const lines: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => void lines.push(message) };
  return { store, lines, raise: () => raiseAlert(store, alert, log) };
}

describe('an alert', () => {
  it('is a document and a line in the log', async () => {
    const { store, lines, raise } = world();
    await raise();
    expect(store.peek('alert:quota:default:a')).to.deep.equal({
      _id: 'alert:quota:default:a',
      _rev: '1-aaaaaaaa',
      schema: 1,
      type: 'alert',
      kind: 'quota',
      subject: 'default:a',
      message: 'The quota is used up',
      traceId: 't1',
      at: T,
    });
    expect(lines).to.deep.equal(['The quota is used up']);
  });

  it('is raised once', async () => {
    const { store, lines, raise } = world();
    await raise();
    await raise();
    expect(lines).to.have.length(1);
    expect(store.peek('alert:quota:default:a')?._rev).to.equal('1-aaaaaaaa');
  });

  it('is at least a line where the store does not answer, and fails nobody', async () => {
    const { store, lines, raise } = world();
    store.fail('put', 'before');
    await raise();
    expect(lines).to.deep.equal(['The quota is used up']);
  });
});
