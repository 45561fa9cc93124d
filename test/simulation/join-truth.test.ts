import { expect } from 'chai';
import type { CompositeLink } from '../../src/core/link.ts';
import type { AppKey, AppRef, ChainName } from '../../src/core/names.ts';
import { minutes } from '../../src/core/units.ts';
import { JoinTruth } from './world/join-truth.ts';
import type { TrueEnd } from './world/true-end.ts';

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
const endOf = (appId: string, reloadId: string, time: string): TrueEnd => ({
  ...{ tenant: 'acme', appId, reloadId, outcome: 'SUCCEEDED', isKnowable: () => true },
  at: Date.parse(`2026-11-01T${time}Z`),
});

/**
 * Whether there may be an order that this end closes. `told` has the times with which events report the ends, in place
 * of the true ones.
 */
function mayClose(reloadId: string, told: Readonly<Record<string, string>> = {}): boolean {
  const truth = new JoinTruth({
    definitionOf: () => undefined,
    latestOf: (end) => Date.parse(`2026-11-01T${told[end.reloadId]}Z`) || end.at,
  });
  truth.deploy({ hash: 'h', compiled: { links: {}, apps: {} }, links: [], late: [], joins: [LINK] });
  for (const end of [endOf('a', 'a1', '01:00:00'), endOf('b', 'b1', '01:04:00')]) truth.ended(end);
  return truth.mayOwe(`order:acme:target:j1:${reloadId}`) !== undefined;
}

/** The orders that the ledger should have, if Cascade may have believed that `a1` ended as early as `earliest`. */
function owed(earliest: string, capped = ''): readonly string[] {
  const truth = new JoinTruth({ definitionOf: () => undefined, latestOf: ({ at }) => at });
  truth.deploy({ hash: 'h', compiled: { links: {}, apps: {} }, links: [], late: [], joins: [LINK] });
  for (const end of [endOf('a', 'a1', '01:00:00'), endOf('b', 'b1', '07:00:00'), endOf('b', 'b2', '08:00:00')])
    truth.ended(end);
  const told = {
    storedEnd: ({ at }: TrueEnd) => at,
    earliestEnd: ({ reloadId, at }: TrueEnd) => (reloadId === 'a1' ? Date.parse(`2026-11-01T${earliest}Z`) : at),
    hasOrder: () => false,
    wasTooLate: () => false,
    isCapped: ({ reloadId }: TrueEnd) => reloadId === capped,
  };
  return truth.owed(told).map(([order]) => order);
}

describe('what the simulation demands of a link that waits for several apps', () => {
  it('is an order for two ends that are just near enough', () => {
    expect(owed('01:00:00')).to.deep.equal(['order:acme:target:j1:b1']);
  });

  it('is none if the link may have taken one of them for a second earlier, since it was told with a time in the future', () => {
    expect(owed('00:59:59')).to.deep.equal([]);
  });
});

describe('what the simulation no longer demands', () => {
  it('is an order before a firing whose own order was refused for its hops', () => {
    expect(owed('01:00:00', 'b2')).to.deep.equal([]);
  });
});

describe('what the simulation lets a link that waits for several apps set off', () => {
  it('is an order that the later end closes, and not the earlier one', () => {
    expect([mayClose('b1'), mayClose('a1')]).to.deep.equal([true, false]);
  });

  it('is one that the earlier end closes if it was told with a time in the future, which Cascade cuts', () => {
    expect([mayClose('a1', { a1: '01:05:00' }), mayClose('a1', { a1: '01:02:00' })]).to.deep.equal([true, false]);
  });

  it('is one that the earlier end closes if the clocks of their tenants, each up to 40 s off, may say so', () => {
    expect([mayClose('a1', { a1: '01:02:40' }), mayClose('a1', { a1: '01:02:20' })]).to.deep.equal([true, false]);
  });
});
