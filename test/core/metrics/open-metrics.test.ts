import { expect } from 'chai';
import { type AllSamples, openMetrics } from '../../../src/core/metrics/open-metrics.ts';

const NONE: AllSamples = {
  cascade_reloads: [],
  cascade_reload_seconds: [],
  cascade_app_failing: [],
  cascade_app_last_success_timestamp_seconds: [],
  cascade_orders: [],
  cascade_oldest_due_seconds: [],
  cascade_notices_waiting: [],
  cascade_action_invocations: [],
  cascade_action_duration_seconds: [],
  cascade_action_init_seconds: [],
};

const linesOf = (more: Partial<AllSamples>): readonly string[] =>
  openMetrics({ ...NONE, ...more })
    .split('\n')
    .filter((line) => !line.startsWith('# ') && line !== '');

describe('OpenMetrics', () => {
  it('says type, unit and help of a family before its samples, and ends with # EOF', () => {
    const text = openMetrics({
      ...NONE,
      cascade_oldest_due_seconds: [{ labels: [], value: 1.5 }],
    });
    expect(text).to.contain(
      '# TYPE cascade_oldest_due_seconds gauge\n' +
        '# UNIT cascade_oldest_due_seconds seconds\n' +
        '# HELP cascade_oldest_due_seconds How long the oldest piece of unfinished work has been due. 0 if nothing is overdue.\n' +
        'cascade_oldest_due_seconds 1.5\n' +
        '# TYPE cascade_notices_waiting gauge\n',
    );
    expect(text.endsWith('\n# EOF\n')).to.equal(true);
  });

  it('gives a counter the suffix _total, but not its family', () => {
    const text = openMetrics({ ...NONE, cascade_reloads: [{ labels: ['default', 'a', 'failed'], value: 3 }] });
    expect(text).to.contain('# TYPE cascade_reloads counter\n');
    expect(text).to.contain('\ncascade_reloads_total{tenant="default",app="a",outcome="failed"} 3\n');
  });

  it('escapes quotes, backslashes and line feeds in labels', () => {
    expect(linesOf({ cascade_orders: [{ labels: ['a"b\\c\nd'], value: 0 }] })).to.deep.equal([
      'cascade_orders{state="a\\"b\\\\c\\nd"} 0',
    ]);
  });

  it('adds up the buckets of a histogram, in seconds, up to +Inf', () => {
    const sample = { labels: ['reload'], bounds: [50, 1_000, 2_500], counts: [2, 0, 1, 4], sumMs: 12_345 };
    expect(linesOf({ cascade_action_init_seconds: [sample] })).to.deep.equal([
      'cascade_action_init_seconds_bucket{action="reload",le="0.05"} 2',
      'cascade_action_init_seconds_bucket{action="reload",le="1.0"} 2',
      'cascade_action_init_seconds_bucket{action="reload",le="2.5"} 3',
      'cascade_action_init_seconds_bucket{action="reload",le="+Inf"} 7',
      'cascade_action_init_seconds_count{action="reload"} 7',
      'cascade_action_init_seconds_sum{action="reload"} 12.345',
    ]);
  });
});
