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
  const raise = (laterMs = 0) =>
    raiseAlert(store, { ...alert, traceId: `t${laterMs}`, at: (T + laterMs) as EpochMs }, log);
  return { store, lines, raise, raised: () => store.peek('alert:quota:default:a') };
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
      traceId: 't0',
      at: T,
      unroutedSince: T,
      dueAt: T + 30_000,
    });
    expect(lines).to.deep.equal(['The quota is used up']);
  });

  it('is one document and one line for an hour, however often it is raised', async () => {
    const { lines, raise, raised } = world();
    for (const laterMs of [0, 0, 1_000, 3_599_999]) await raise(laterMs);
    expect(lines).to.have.length(1);
    expect(raised()).to.include({ _rev: '1-aaaaaaaa', at: T }).and.not.have.property('lastAt');
  });

  it('shows again within the hour, if it is raised after a person dismissed it', async () => {
    const { store, lines, raise, raised } = world();
    await raise();
    // The time in the id is 1,800,000,000,500 in base 36.
    store.seed({ _id: 'act:alert:quota:default:a:0mywpix9w:aaaaaa', _rev: '1-x', kind: 'dismiss', at: T + 500 });
    await raise(1_000);
    expect(raised()).to.include({ _rev: '2-aaaaaaaa', at: T, lastAt: T + 1_000 });
    await raise(2_000);
    expect(raised()).to.include({ _rev: '2-aaaaaaaa', lastAt: T + 1_000 });
    expect(lines).to.have.length(2);
  });

  it('is left alone within the hour, if the dismissal is older or of another alert', async () => {
    const { store, raise, raised } = world();
    await raise();
    store.seed({ _id: 'act:alert:quota:default:a:0mywpiwvz:aaaaaa', _rev: '1-x', kind: 'dismiss', at: T - 1 });
    store.seed({ _id: 'act:alert:quota:default:ab:0mywpix9w:aaaaaa', _rev: '1-x', kind: 'dismiss', at: T + 500 });
    await raise(1_000);
    expect(raised()).to.include({ _rev: '1-aaaaaaaa' });
  });

  it('is writable whatever it quotes: well-formed, and at most 2,000 units of message', async () => {
    const { store, lines } = world();
    const log = { info() {}, warn() {}, error: (message: string) => void lines.push(message) };
    const message = `${'x'.repeat(1_999)}😀 and 8 MB more`;
    await raiseAlert(store, { ...alert, subject: 'default:\ud800', message }, log);
    const raised = store.peek('alert:quota:default:\ufffd');
    expect(raised).to.include({ subject: 'default:\ufffd', message: 'x'.repeat(1_999) });
    await raiseAlert(store, { ...alert, subject: 'b', message: 'a\udc00b' }, log);
    expect(store.peek('alert:quota:b')).to.include({ message: 'a\ufffdb' });
  });

  it('is written anew where somebody spoilt it', async () => {
    const { store, lines, raise, raised } = world();
    store.seed({ _id: 'alert:quota:default:a', _rev: '4-x', note: 'mine' });
    expect(await raise()).to.equal(true);
    expect(raised()).to.include({ _rev: '5-aaaaaaaa', kind: 'quota', at: T }).and.not.have.property('note');
    expect(lines).to.have.length(1);
  });

  it('is told again when an hour has passed since it was told last', async () => {
    const { lines, raise, raised } = world();
    for (const laterMs of [0, 3_600_000, 3_601_000, 7_199_999]) await raise(laterMs);
    expect(lines).to.have.length(2);
    expect(raised()).to.include({ _rev: '2-aaaaaaaa', at: T, lastAt: T + 3_600_000, traceId: 't3600000' });
    await raise(7_200_000);
    expect(lines).to.have.length(3);
    expect(raised()).to.include({ at: T, lastAt: T + 7_200_000 });
  });

  describe('is owed to people', () => {
    const DAY = 86_400_000;
    const RAISED = { _id: 'alert:quota:default:a', schema: 1, type: 'alert', ...alert, traceId: 't0' };

    it('again a day after they heard of it', async () => {
      const { store, raise, raised } = world();
      store.seed({ ...RAISED, notices: [], toldAt: T + 60_000 });
      await raise(DAY + 59_999);
      expect(raised())
        .to.include({ lastAt: T + DAY + 59_999 })
        .and.not.have.any.keys('unroutedSince', 'dueAt');
      await raise(DAY + 59_999 + 3_600_000);
      expect(raised()).to.include({ unroutedSince: T + DAY + 3_659_999, dueAt: T + DAY + 3_689_999 });
    });

    it('once, if it is raised a day later and they are still owed it', async () => {
      const { store, raise, raised } = world();
      const notice = { id: 'raised.1', kind: 'alert', at: T, to: ['ops'], due: { ops: T + 99 } };
      store.seed({ ...RAISED, notices: [notice], dueAt: T + 99 });
      await raise(2 * DAY);
      expect(raised())
        .to.include({ lastAt: T + 2 * DAY, dueAt: T + 99 })
        .and.not.have.property('unroutedSince');
    });

    it('since it was raised first, if no notifier has decided yet who hears of it', async () => {
      const { store, raise, raised } = world();
      store.seed({ ...RAISED, unroutedSince: T, dueAt: T + 30_000 });
      await raise(2 * DAY);
      expect(raised()).to.include({ lastAt: T + 2 * DAY, unroutedSince: T, dueAt: T + 30_000 });
    });

    it('not because of an upgrade: an alert of an earlier version waits until it is raised again a day later', async () => {
      const { store, raise, raised } = world();
      store.seed(RAISED);
      await raise(3_600_000);
      expect(raised())
        .to.include({ lastAt: T + 3_600_000 })
        .and.not.have.any.keys('unroutedSince', 'dueAt');
      await raise(DAY);
      expect(raised()).to.include({ unroutedSince: T + DAY });
    });
  });

  it('is told by one of two that raise it again at once', async () => {
    const { store, lines, raise, raised } = world();
    await raise();
    store.intrude('get', () =>
      store.intrude('put', () =>
        store.seed({ ...raised(), _id: 'alert:quota:default:a', _rev: '2-other', lastAt: T + 3_600_000 }),
      ),
    );
    await raise(3_600_000);
    expect(lines).to.have.length(1);
  });

  it('is at least a line where the store does not answer, and fails nobody', async () => {
    const { store, lines, raise } = world();
    store.fail('put', 'before');
    await raise();
    expect(lines).to.deep.equal(['The quota is used up']);
  });

  it('is a line where the store does not say whether it was told before', async () => {
    const { store, lines, raise } = world();
    await raise();
    store.fail('get', 'before');
    await raise(1_000);
    expect(lines).to.have.length(2);
  });
});
