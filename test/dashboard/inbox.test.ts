import { expect } from 'chai';
import { type InboxFilter, inboxLines, ordersByCause, sourceWords } from '../../dashboard/model/inbox.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import type { DeadDocument } from '../../src/ledger/documents/dead.ts';

const end = (reloadId: string, storedAt: number, more: object = {}) =>
  ({
    ...{ _id: `event:default:${reloadId}`, tenant: 'default', appId: 'extract', reloadId, outcome: 'succeeded' },
    ...{
      endedAt: storedAt - 10,
      partial: false,
      source: 'webhook',
      storedAt,
      resolvedAt: 900,
      recordedAt: 950,
      ...more,
    },
  }) as unknown as EventFact;
const order = (appId: string, causes: readonly string[]) =>
  ({ _id: `order:default:${appId}:s:${causes[0]}`, tenant: 'default', appId, causes }) as unknown as OrderFact;
const letter = (id: string, storedAt: number, more: object = {}) =>
  ({
    ...{ _id: `dead:${id}`, tenant: 'default', body: '{', isBase64: false, traceId: 't', storedAt },
    reason: { code: 'WEBHOOK_MALFORMED', message: 'The body is no JSON.' },
    ...more,
  }) as unknown as DeadDocument;

const NOTHING = {
  reason: 'outcome-not-matched',
  chain: 'sales',
  on: 'failed',
  target: { tenant: 'default', appId: 'x' },
};
const WAITS = {
  ...{ reason: 'waits-for', tenant: 'default', appId: 'extract', reloadId: 'r5', chain: 'sales', closesAt: 5_000 },
  ...{ target: { tenant: 'default', appId: 'board' }, missing: [{ tenant: 'default', appId: 'rates' }] },
};
const EVENTS = [
  end('r1', 1_000),
  end('r2', 3_000, { outcome: 'failed', skips: [NOTHING] }),
  end('r3', 4_000, { resolvedAt: undefined }),
  end('r4', 500, { skips: [] }),
];
const LETTERS = [letter('a', 2_000), letter('b', 100, { replayedAt: 200 }), letter('c', 90, { dismissedAt: 95 })];
const lines = (filter: InboxFilter, text = '') =>
  inboxLines(
    {
      ...{ events: EVENTS, letters: LETTERS, waitOf: () => undefined },
      caused: ordersByCause([order('report', ['r1']), order('stock', ['r1'])]),
    },
    { filter, text },
    ({ appId }) => `App ${appId}`,
  );
const ids = (filter: InboxFilter, text = '') => lines(filter, text).map(({ id }) => id);

describe('the page’s inbox', () => {
  it('says of an end that waited for other apps what has become of that', () => {
    const facts = { events: [end('r5', 1, { skips: [WAITS] })], letters: [], caused: new Map() };
    const caused = (wait: object) =>
      inboxLines({ ...facts, waitOf: () => wait as never }, { filter: 'all', text: '' }, ({ appId }) => appId)[0]
        ?.caused;
    expect(caused({ kind: 'in-vain', until: 6_000 })).to.equal(
      'board: not reloaded: chain sales waited for rates in vain, until 1970-01-01 00:00:06Z',
    );
    expect(caused({ kind: 'ordered', order: 'order:default:board:j1:r9' })).to.equal(
      'board: waited for rates in chain sales, and was then called for: order:default:board:j1:r9',
    );
  });

  it('lists ends and letters, the one that was received last first, with what each caused', () => {
    expect(lines('all').map(({ id, what, caused, isFinished }) => [id, what, caused, isFinished])).to.deep.equal([
      ['event:default:r3', 'App extract succeeded', 'not looked at yet', false],
      ['event:default:r2', 'App extract failed', 'the link in chain sales is on failed', true],
      ['dead:a', 'Not understood: The body is no JSON.', 'nothing: a person has to look', false],
      ['event:default:r1', 'App extract succeeded', 'called for App report, App stock', true],
      ['event:default:r4', 'App extract succeeded', 'nothing follows it', true],
      ['dead:b', 'Not understood: The body is no JSON.', 'replayed', true],
      ['dead:c', 'Not understood: The body is no JSON.', 'dismissed', true],
    ]);
  });

  it('shows letters alone, ends that nothing followed, or what is not finished', () => {
    expect(ids('letters')).to.deep.equal(['dead:a', 'dead:b', 'dead:c']);
    expect(ids('nothing-followed')).to.deep.equal(['event:default:r3', 'event:default:r2', 'event:default:r4']);
    expect(ids('not-finished')).to.deep.equal(['event:default:r3', 'dead:a']);
  });

  it('finds a text in what happened, in what followed and in the id, in small or capital letters', () => {
    expect(ids('all', ' NO json')).to.deep.equal(['dead:a', 'dead:b', 'dead:c']);
    expect(ids('all', 'app stock')).to.deep.equal(['event:default:r1']);
    expect(ids('all', 'default:R4')).to.deep.equal(['event:default:r4']);
    expect(ids('all', 'nobody said this')).to.deep.equal([]);
  });

  it('finds what an end of another tenant, and a replay, caused', () => {
    const orders = [order('report', ['other.r9']), order('stock', ['r2.r8'])];
    const caused = ordersByCause(orders);
    expect(caused.get('event:other:r9')).to.deep.equal([orders[0]]);
    expect(caused.get('event:default:r8')).to.deep.equal([orders[1]]);
  });

  it('says how Cascade heard of an end', () => {
    expect((['webhook', 'sweep', 'replay'] as const).map((source) => sourceWords({ source }))).to.deep.equal([
      'a webhook',
      'the sweep, in Qlik’s list of reloads',
      'a replay',
    ]);
  });
});
