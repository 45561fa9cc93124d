import { expect } from 'chai';
import { truthOf, wrongIn } from '../../bench/metrics/wrong-counters.ts';

const reload = (appId: string, status: 'SUCCEEDED' | 'FAILED', startTime: string, endTime: string) => ({
  ...{ id: 'r', appId, status, startTime: `2026-11-21T07:${startTime}Z`, endTime: `2026-11-21T07:${endTime}Z` },
});
const line = (metric: string, app: string, outcome: string, value: string): string =>
  `cascade_reload${metric}_total{tenant="default",app="${app}",outcome="${outcome}"} ${value}`;

describe('the counters of a page beside what a tenant’s lists say', () => {
  const truth = truthOf([
    reload('a', 'SUCCEEDED', '00:00', '00:02.5'),
    reload('a', 'SUCCEEDED', '01:00', '01:10'),
    reload('a', 'FAILED', '02:00', '02:01'),
    reload('b', 'SUCCEEDED', '00:00', '00:00'),
  ]);
  const right = [
    line('s', 'a', 'succeeded', '2'),
    line('s', 'a', 'failed', '1'),
    line('s', 'a', 'canceled', '0'),
    line('s', 'b', 'succeeded', '1'),
    line('_seconds', 'a', 'succeeded', '12.5'),
    line('_seconds', 'a', 'failed', '1'),
  ];

  it('are right if each is as often and as long', () => {
    expect(wrongIn(right.join('\n'), truth)).to.deep.equal([]);
  });

  it('are wrong if one differs, is missing, or is of nothing that ended', () => {
    const without = (start: string): string => right.filter((each) => !each.startsWith(start)).join('\n');
    expect(wrongIn(without('cascade_reloads_total{tenant="default",app="b"'), truth)).to.deep.equal(['b succeeded']);
    expect(wrongIn(without('cascade_reload_seconds'), truth)).to.deep.equal(['a succeeded', 'a failed']);
    expect(wrongIn([...right, line('s', 'c', 'failed', '1')].join('\n'), truth)).to.deep.equal(['c failed']);
    expect(wrongIn([...right, line('s', 'a', 'failed', '2')].join('\n'), truth)).to.deep.equal(['a failed']);
  });
});
