import { expect } from 'chai';
import { countStarts } from '../../bench/ledger/count-starts.ts';
import { mishapsOf, toldIn } from '../../bench/ledger/journal.ts';
import { rowApp } from '../../bench/ledger/row-chains.ts';
import { countTakenNotStored } from '../../bench/ledger/stored-events.ts';

const ended = (appId: string) => ({ seq: 0, at: 1, kind: 'reload', id: `r-${appId}`, appId, status: 'SUCCEEDED' });
const delivery = (appId: string, statusCode?: number) => ({
  seq: 0,
  at: 2,
  kind: 'delivery',
  appId,
  eventId: `e-${appId}`,
  ...(statusCode !== undefined && { statusCode }),
});

describe('what a tenant’s journal tells of a storm', () => {
  // The journal has d before c, b twice (once without an answer), a refused, and no delivery of e.
  const told = toldIn([
    ...['a', 'b', 'c', 'd', 'e'].map(ended),
    { ...ended('a'), status: 'RELOADING' },
    delivery('a', 503),
    delivery('b', 202),
    delivery('b'),
    delivery('d', 200),
    delivery('c', 202),
  ]);

  it('counts what was told never, twice, out of order, and not taken', () => {
    expect(told.ends.map(({ appId }) => appId)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    expect(mishapsOf(told)).to.deep.equal({ never: 1, double: 1, outOfOrder: 1, refused: 2 });
  });

  it('finds a 2xx for what is not stored', () => {
    const stored = ['r-b', 'r-d'].map((id) => ({ _id: `event:default:${id}`, _rev: '1-a' }));
    expect(countTakenNotStored(told, stored)).to.equal(1);
    expect(countTakenNotStored(told, [...stored, { _id: 'event:default:r-c', _rev: '1-a' }])).to.equal(0);
  });

  it('counts who was started once, never and twice', () => {
    const [a, b, c] = [rowApp(0), rowApp(1), rowApp(2)];
    const starts = countStarts([{ appId: a.appId }, { appId: c.appId }, { appId: c.appId }], [a, b, c]);
    expect(starts).to.deep.equal({ once: 1, lost: 1, twice: 1 });
  });
});
