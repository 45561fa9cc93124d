import { expect } from 'chai';
import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { JoinEnd } from '../../src/core/joins/fold-ends.ts';
import type { CompositeLink } from '../../src/core/link.ts';
import type { AppKey, AppRef, ChainName, ReloadId } from '../../src/core/names.ts';
import { type EpochMs, minutes } from '../../src/core/units.ts';
import { JoinWatch } from './world/join-watch.ts';

const app = (appId: string): AppRef => ({ tenant: 'acme', appId }) as AppRef;
const LINK: CompositeLink = {
  ...{ after: app('a'), target: app('target'), on: 'succeeded', clause: 'j1', paused: false, body: {} },
  chain: 'chain' as ChainName,
  join: {
    of: { ['acme/a' as AppKey]: 'succeeded', ['acme/b' as AppKey]: 'succeeded' },
    atLeast: 2,
    within: minutes(360),
  },
};
const timeOf = (time: string): EpochMs => Date.parse(`2026-11-01T${time}Z`) as EpochMs;
/** After all ends of these tests. */
const STORED = timeOf('23:59:00');

/** The end of `a1` is of the app `a`. */
const endOf = (reloadId: string, time: string, outcome: JoinEnd['outcome'] = 'succeeded'): JoinEnd => ({
  ...{ app: `acme/${reloadId[0]}` as AppKey, reloadId: reloadId as ReloadId, endedAt: timeOf(time), outcome },
});

const joinOf = (log: readonly JoinEnd[], ...called: readonly (readonly [string, ...string[]])[]): StoredDocument => ({
  ...{ _id: 'join:acme:target:j1', _rev: '1-a', log },
  open: called.map(([cause, ...others]) => ({ order: `order:acme:target:j1:${cause}`, lineage: { cause, others } })),
});

interface Told {
  /** True outcomes and the events' times, by reload id. Absent: as the link remembers them. */
  readonly outcomes?: Readonly<Record<string, JoinEnd['outcome']>>;
  readonly times?: Readonly<Record<string, string>>;
  readonly isSteady?: boolean;
}

/** What is wrong with these documents, written one after the other. */
function problems(joins: readonly StoredDocument[], { outcomes, times, isSteady = true }: Told = {}) {
  const watch = new JoinWatch({
    linkOf: () => (isSteady ? LINK : undefined),
    outcomeOf: ({ reloadId }) => outcomes?.[reloadId],
    eventOf: ({ reloadId, endedAt }) => {
      const time = times?.[reloadId];
      return { _id: 'event', _rev: '1-a', endedAt: time === undefined ? endedAt : timeOf(time), storedAt: STORED };
    },
  });
  return joins.flatMap((join) => watch.written(join)?.replace(/^.*:/, '') ?? []);
}

const A1 = endOf('a1', '01:00:00');
const B1 = endOf('b1', '02:00:00');

describe('the orders for which a link that waits for several apps may call', () => {
  it('are those that close a firing, in one write or in two', () => {
    expect(problems([joinOf([A1, B1], ['b1', 'a1'])])).to.deep.equal([]);
    expect(problems([joinOf([A1]), joinOf([A1, B1], ['b1', 'a1'])])).to.deep.equal([]);
  });

  it('are those of the first of three ends in one write, and then none', () => {
    const b2 = endOf('b2', '03:00:00');
    expect(problems([joinOf([A1, B1, b2], ['b1', 'a1'])])).to.deep.equal([]);
    expect(problems([joinOf([A1, B1, b2], ['b2', 'a1'])])).to.deep.equal(['b2, for which its meaning does not ask']);
  });

  it('are never for an end that was used before', () => {
    const b2 = endOf('b2', '03:00:00');
    const joins = [joinOf([A1, B1], ['b1', 'a1']), joinOf([A1, B1, b2], ['b1', 'a1'], ['b2', 'a1'])];
    expect(problems(joins)).to.deep.equal(['b2, for which its meaning does not ask']);
  });

  it('are never for an end after which its app failed, and never name such an end', () => {
    const a2 = endOf('a2', '01:30:00', 'failed');
    expect(problems([joinOf([A1, a2, B1], ['b1', 'a1'])])).to.deep.equal(['b1, for which its meaning does not ask']);
    const a3 = endOf('a3', '01:40:00');
    expect(problems([joinOf([A1, a3, B1], ['b1', 'a3'])])).to.deep.equal([]);
    expect(problems([joinOf([A1, a3, B1], ['b1', 'a1'])])).to.deep.equal(['b1, for which its meaning does not ask']);
  });

  it('go by the true outcome and by the time of the event, and not by what the link remembers', () => {
    const joins = [joinOf([A1, B1], ['b1', 'a1'])];
    const wrong = ['b1, for which its meaning does not ask'];
    expect(problems(joins, { outcomes: { a1: 'failed' } })).to.deep.equal(wrong);
    expect(problems(joins, { times: { b1: '07:00:01' } })).to.deep.equal(wrong);
  });

  it('are not judged if the link’s rule changed', () => {
    expect(problems([joinOf([A1, B1], ['a1', 'b1'])], { isSteady: false })).to.deep.equal([]);
  });
});
