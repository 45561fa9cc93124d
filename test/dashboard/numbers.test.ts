import { expect } from 'chai';
import { actionNumbers, durationsByApp, endsByHour } from '../../dashboard/model/numbers.ts';
import type { Stat } from '../../src/core/metrics/stat.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import type { EpochMs } from '../../src/core/units.ts';

const end = (reloadId: string, endedAt: string, more: object = {}) =>
  ({
    ...{ _id: `event:default:${reloadId}`, tenant: 'default', appId: 'extract', reloadId, outcome: 'succeeded' },
    ...{ endedAt: Date.parse(endedAt), partial: false, ...more },
  }) as unknown as EventFact;
const NOW = Date.parse('2026-11-30T07:20:00Z') as EpochMs;
const at = (text: string): number => Date.parse(text);

describe('the page’s numbers', () => {
  it('count ends by hour, the present hour last, and leave out what is earlier', () => {
    const canceledByCascade = {
      appId: 'slow',
      tenant: 'default',
      ends: [],
      reloadId: 'r5',
      cancelRequestedAt: { r5: 1 },
    };
    const counts = endsByHour(
      [
        end('r1', '2026-11-30T07:00:00Z'),
        end('r2', '2026-11-30T06:59:59.999Z', { outcome: 'failed' }),
        end('r3', '2026-11-30T06:00:00Z', { outcome: 'exceeded-limit' }),
        end('r4', '2026-11-30T05:10:00Z', { outcome: 'canceled' }),
        end('r5', '2026-11-30T05:20:00Z', { outcome: 'canceled' }),
        end('r6', '2026-11-30T04:59:00Z'),
      ],
      [canceledByCascade as unknown as OrderFact],
      NOW,
      3,
    );
    expect(counts).to.deep.equal([
      { hour: at('2026-11-30T05:00:00Z'), succeeded: 0, failed: 1, canceled: 1 },
      { hour: at('2026-11-30T06:00:00Z'), succeeded: 0, failed: 2, canceled: 0 },
      { hour: at('2026-11-30T07:00:00Z'), succeeded: 1, failed: 0, canceled: 0 },
    ]);
  });

  it('say how long the reloads of each app ran and waited, the longest first', () => {
    const ran = (reloadId: string, created: string, started: string, ended: string, more: object = {}) =>
      end(reloadId, `2026-11-30T${ended}Z`, {
        createdAt: at(`2026-11-30T${created}Z`),
        startedAt: at(`2026-11-30T${started}Z`),
        ...more,
      });
    const rows = durationsByApp(
      [
        ran('r1', '06:00:00', '06:00:05', '06:01:05'),
        ran('r2', '06:10:00', '06:10:30', '06:10:40'),
        ran('r3', '06:20:00', '06:20:01', '06:20:31'),
        ran('r4', '06:30:00', '06:30:00', '07:00:00', { appId: 'report' }),
        end('r5', '2026-11-30T06:40:00Z', { appId: 'old' }),
      ],
      ({ appId }) => `App ${appId}`,
    );
    const of = (appId: string) => ({ app: { tenant: 'default', appId }, label: `App ${appId}` });
    expect(rows).to.deep.equal([
      { ...of('report'), ends: 1, median: 1_800_000, longest: 1_800_000, longestQueue: 0 },
      { ...of('extract'), ends: 3, median: 30_000, longest: 60_000, longestQueue: 30_000 },
      { ...of('old'), ends: 1 },
    ]);
  });

  it('say how the actions do, by the bounds of their histograms', () => {
    const stat = (
      action: string,
      success: number,
      failed: number,
      counts: readonly number[],
      init: readonly number[],
    ) =>
      ({
        action,
        invocations: { success, application_error: failed, developer_error: 0, internal_error: 0 },
        duration: { counts, sumMs: 0 },
        init: { counts: init, sumMs: 0 },
        ...{ upTo: 0, counted: {} },
      }) as unknown as Stat & { action: string };
    const NONE = [0, 0, 0, 0, 0, 0, 0, 0, 0];
    const rows = actionNumbers([
      // 18 of 20 within 50 ms, one within 250 ms, one above 300 s.
      stat('resolver', 19, 1, [18, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0, 2, 0, 1, 0, 0, 0, 0, 0]),
      stat('meter', 0, 0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], NONE),
      stat('reload', 1, 0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], NONE),
    ]);
    expect(rows).to.deep.equal([
      { action: 'meter', invocations: 0, errors: 0, coldStarts: 0 },
      {
        action: 'reload',
        invocations: 1,
        errors: 0,
        median: { above: 300_000 },
        p95: { above: 300_000 },
        coldStarts: 0,
      },
      { action: 'resolver', invocations: 20, errors: 1, median: { upTo: 50 }, p95: { upTo: 250 }, coldStarts: 3 },
    ]);
  });
});
