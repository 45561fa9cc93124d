import { expect } from 'chai';
import { treeLines } from '../../../cli/ledger/tree-lines.ts';
import type { ReloadId } from '../../../src/core/names.ts';
import { paintsOf } from '../../../src/core/paint.ts';
import type { RunNode } from '../../../src/core/runs/run-tree.ts';
import { minutes } from '../../../src/core/units.ts';
import { at, done, ended, labelOf, ordered } from '../../core/runs/some-facts.ts';

describe('a run as lines', () => {
  it('has a line for each earlier attempt, with how it ended', () => {
    const order = ordered('transform', 'r1', '01:00', {
      ...{ ...done('r4', '01:30', '01:40'), try: 3, ends: ['r2', 'r3', 'r4'] as ReloadId[] },
      cancelRequestedAt: { r3: at('01:20') },
      policy: { retry: { attempts: 2, delay: minutes(5) } },
    });
    const node: RunNode = {
      ...{ app: order, order, event: ended('transform', 'r4', '01:40'), skips: [], followers: [] },
      attempts: [
        ended('transform', 'r2', '01:05', { outcome: 'failed', error: { code: 'E', message: 'no table' } }),
        ended('transform', 'r3', '01:21', { outcome: 'canceled' }),
      ],
    };
    expect(
      treeLines(node, { labelOf, now: at('02:00'), paints: paintsOf(false), waitOf: () => undefined }),
    ).to.deep.equal([
      'transform succeeded  2026-11-22 01:30:00Z → 01:40:00Z  reload r4  chain nightly',
      '├─ attempt 1 failed  at 2026-11-22 01:05:00Z  reload r2  no table  delay 5 min',
      '└─ attempt 2 ran longer than its timeout, and Cascade canceled it  at 2026-11-22 01:21:00Z  reload r3  delay 10 min',
    ]);
  });
});
