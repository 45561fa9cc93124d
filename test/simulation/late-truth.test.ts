import { expect } from 'chai';
import { LateTruth } from './world/late-truth.ts';

type Expected = ConstructorParameters<typeof LateTruth>[0]['expected'][number];

const DEADLINE = Date.parse('2026-11-01T22:00:00Z');
const GRACE_MS = 360_000;

/** What the truth says if an app becomes late at this time. */
function judgedAt(time: string): string | undefined {
  const app = { tenant: 'default', appId: 'app-002' };
  const expected = { app, deadlines: [DEADLINE], graceMs: GRACE_MS, expected: {} } as unknown as Expected;
  const truth = new LateTruth({ expected: [expected], now: () => Date.parse(time) });
  return truth.written(undefined, {
    ...{ _id: 'app:default:app-002', _rev: '1-a', expectedSince: { at: 1 } },
    late: { deadline: DEADLINE },
    notices: [{ id: 'n', kind: 'late', late: { deadline: DEADLINE } }],
  });
}

describe('an app that a sweep calls late', () => {
  it('may be called so 42 seconds before the grace is over: a tenant’s clock is 40 s ahead, and has whole seconds', () => {
    expect(judgedAt('2026-11-01T22:05:18.000Z')).to.equal(undefined);
  });

  it('may not be called so sooner', () => {
    expect(judgedAt('2026-11-01T22:05:17.999Z')).to.match(/is late for 2026-11-01T22:00:00.000Z, which has not passed/);
  });
});
