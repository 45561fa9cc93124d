import { expect } from 'chai';
import { type ActivationRecord, ActivationStore } from '../../../local/host/activations.ts';

const record = (n: number): ActivationRecord => ({
  activationId: `${n}`,
  annotations: [],
  duration: 0,
  end: n,
  logs: [],
  name: 'a',
  namespace: 'guest',
  publish: false,
  response: { result: {}, status: 'success', success: true },
  start: n,
  subject: 'guest',
  version: '0.0.1',
});

describe('the store of activations', () => {
  it('keeps the last 5,000 records, and lists the latest start first', () => {
    const stored: string[] = [];
    const store = new ActivationStore(({ activationId }) => stored.push(activationId));
    for (let n = 1; n <= 5_001; n++) store.store(record(n));
    expect(stored).to.have.lengthOf(5_001);
    expect(store.get('1')).to.equal(undefined);
    expect(store.get('2')).to.include({ start: 2 });
    const latest = store.latest();
    expect(latest).to.have.lengthOf(5_000);
    expect([latest[0]?.start, latest.at(-1)?.start]).to.deep.equal([5_001, 2]);
  });

  it('keeps fewer of large records, and the last one however large it is', () => {
    const store = new ActivationStore(() => {});
    const large = (n: number, megabytes: number) => ({ ...record(n), logs: ['x'.repeat(megabytes * 1_048_576)] });
    for (let n = 1; n <= 10; n++) store.store(large(n, 10));
    expect([store.get('4'), store.get('5')?.start]).to.deep.equal([undefined, 5]);
    store.store(large(11, 100));
    expect([store.get('10'), store.get('11')?.start]).to.deep.equal([undefined, 11]);
  });
});
