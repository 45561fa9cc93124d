import { expect } from 'chai';
import { LateTruth } from './world/late-truth.ts';

type Expected = ConstructorParameters<typeof LateTruth>[0]['expected'][number];

const DEADLINE = Date.parse('2026-11-01T22:00:00Z');
const GRACE_MS = 360_000;

/** What the truth finds wrong if an app becomes late at this time. */
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

describe('an app that was called late, and had succeeded', () => {
  const at = Date.parse('2026-11-01T21:30:00Z');
  const later = Date.parse('2026-11-01T22:06:00Z');

  /** The problems, if the app had this success half an hour before its second deadline. */
  function problems(isUnlisted: boolean): readonly string[] {
    const app = { tenant: 'default', appId: 'app-002' };
    const first = DEADLINE - 86_400_000;
    const expected = { app, deadlines: [first, DEADLINE], graceMs: GRACE_MS, expected: {} } as unknown as Expected;
    const truth = new LateTruth({ expected: [expected], now: () => later });
    const document = {
      ...{ _id: 'app:default:app-002', _rev: '1-a', expectedSince: { at: 1 } },
      late: { deadline: DEADLINE, after: first + GRACE_MS },
      notices: [{ id: 'n', kind: 'late', late: { deadline: DEADLINE } }],
    };
    expect(truth.written(undefined, document)).to.equal(undefined);
    const end = { ...app, reloadId: 'r1', outcome: 'SUCCEEDED', at, isKnowable: () => true, isUnlisted } as const;
    return truth.problems({ lastKnown: () => document, isSeen: () => true, ends: [end] });
  }

  it('is a mistake if Qlik listed that success, and none if only the engine’s event told of it', () => {
    expect(problems(false)).to.deep.equal([
      'app:default:app-002 was told late for 2026-11-01T22:00:00.000Z, and r1 had succeeded',
    ]);
    expect(problems(true)).to.deep.equal([]);
  });
});
