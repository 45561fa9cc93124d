import { expect } from 'chai';
import { resultOf } from '../../../actions/reload/result-of.ts';
import { type StartPorts, startReload } from '../../../actions/reload/start-reload.ts';
import type { ListAnswer, ReloadRecord, StartAnswer } from '../../../src/clients/qlik/qlik-port.ts';
import type { ReloadBody } from '../../../src/core/link.ts';
import type { AppId, ChainName, OrderId, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';

const STARTED_AT = 1_800_000_000_000;
const ORDER = 'order:default:a:s:r0' as OrderId;
const queued: StartAnswer = { kind: 'started', reloadId: 'r1' as ReloadId, status: 'QUEUED' };
const noAnswer: StartAnswer = { kind: 'unknown', message: 'Qlik gave no answer (ECONNRESET)' };
const ours: ReloadRecord = {
  id: 'r7' as ReloadId,
  status: 'RELOADING',
  type: 'external',
  userId: 'us',
  appId: 'a' as AppId,
  partial: false,
  createdAt: STARTED_AT as EpochMs,
  resourceId: `${ORDER}~1`,
};
const { resourceId: _, ...silent } = ours;
const unavailable: ListAnswer = { kind: 'unavailable', message: 'Qlik answered 503 to the list of reloads' };

interface Script {
  readonly starts: readonly StartAnswer[];
  /** The answers to requests for the list, one after another. The last one repeats. */
  readonly lists?: readonly (readonly ReloadRecord[] | 'unavailable')[];
  readonly user?: string | undefined;
  /** How far the tenant's clock is ahead of ours; undefined if its answers have no time. */
  readonly skewMs?: number | undefined;
  readonly startTakesMs?: number;
  readonly userTakesMs?: number;
  readonly runsForMs?: number;
  readonly body?: ReloadBody;
}

/** Runs `startReload` against a tenant that does as `script` says, with a clock that only moves when somebody waits. */
async function run(script: Script) {
  const { starts, lists = [[]], startTakesMs = 0, userTakesMs = 0, runsForMs = 110_000, body = {} } = script;
  const skewMs = 'skewMs' in script ? script.skewMs : 0;
  let nowMs = STARTED_AT;
  const deadline = STARTED_AT + runsForMs;
  const did: string[] = [];
  const sent: object[] = [];
  const wait = (takesMs: number, timeout: DurationMs) => {
    expect(nowMs + timeout, 'no call outlives the run').to.be.lessThan(deadline);
    nowMs += Math.min(takesMs, timeout);
  };
  const qlik: StartPorts['qlik'] = {
    async startReload(request, timeout) {
      did.push('post');
      sent.push(request);
      wait(startTakesMs, timeout);
      return starts[sent.length - 1] ?? { kind: 'permanent', code: 'QLIK_REFUSED', message: 'one POST too many' };
    },
    async listReloads(_appId, timeout) {
      const look = lists[Math.min(did.filter((each) => each === 'list').length, lists.length - 1)] ?? [];
      did.push('list');
      wait(0, timeout);
      if (look === 'unavailable') return unavailable;
      return {
        kind: 'listed',
        reloads: look,
        ...(skewMs === undefined ? {} : { tenantNow: (Math.floor((nowMs + skewMs) / 1_000) * 1_000) as EpochMs }),
      };
    },
    async ownUserId(timeout) {
      did.push('user');
      wait(userTakesMs, timeout);
      return 'user' in script ? script.user : 'us';
    },
  };
  const order = {
    order: ORDER,
    tenant: 'default' as TenantName,
    appId: 'a' as AppId,
    body,
    chain: 'sales' as ChainName,
  };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const answer = await startReload(order, {
    qlik,
    deadline: deadline as EpochMs,
    now: () => nowMs as EpochMs,
    sleep: async (durationMs) => {
      did.push(`sleep ${durationMs}`);
      nowMs += durationMs;
    },
    random: () => 0.5,
    log,
  });
  expect(nowMs, 'it ends before its deadline').to.be.at.most(deadline);
  return { answer, did, sent, tookMs: nowMs - STARTED_AT };
}

describe('starting one reload', () => {
  it('is one POST with the order’s id and the number of the try', async () => {
    const body = { weight: 5, variables: { region: 'EMEA' } };
    const { answer, did, sent } = await run({ starts: [queued], body });
    expect(answer).to.deep.equal(queued);
    expect(did).to.deep.equal(['post']);
    expect(sent).to.deep.equal([{ appId: 'a', body, resourceId: 'order:default:a:s:r0~1' }]);
  });

  const finals: readonly StartAnswer[] = [
    { kind: 'permanent', code: 'QLIK_REFUSED', message: 'Qlik answered 403: RELOADS-003' },
    { kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message: 'Qlik answered 401' },
    { kind: 'wait', code: 'QLIK_RATE_LIMITED', retryAfter: 13_000 as DurationMs, message: 'Qlik answered 429' },
    { kind: 'wait', code: 'QLIK_QUOTA', retryAfter: 3_600_000 as DurationMs, message: 'Qlik answered 403' },
    { kind: 'busy', message: 'Qlik answered 429: RELOADS-007' },
  ];
  for (const final of finals) {
    it(`is over with the first clear answer: ${final.kind}, ${'code' in final ? final.code : ''}`, async () => {
      const { answer, did } = await run({ starts: [final] });
      expect(answer).to.deep.equal(final);
      expect(did).to.deep.equal(['post']);
    });
  }
});

describe('a POST that got no answer', () => {
  it('is looked for, and taken where the list shows it', async () => {
    const { answer, did } = await run({ starts: [noAnswer], lists: [[ours]] });
    expect(answer).to.deep.equal({ kind: 'started', reloadId: 'r7', status: 'RELOADING' });
    expect(did).to.deep.equal(['post', 'list']);
  });

  it('is found where the list shows it only on the second look', async () => {
    const { answer, did } = await run({ starts: [noAnswer], lists: [[], [ours]] });
    expect(answer).to.deep.equal({ kind: 'started', reloadId: 'r7', status: 'RELOADING' });
    expect(did).to.deep.equal(['post', 'list', 'sleep 500', 'list']);
  });

  it('is sent again with the same resourceId where two looks do not show it', async () => {
    const { answer, did, sent } = await run({ starts: [noAnswer, queued] });
    expect(answer).to.deep.equal(queued);
    expect(did).to.deep.equal(['post', 'list', 'sleep 500', 'list', 'post']);
    expect(sent[1]).to.deep.equal(sent[0]);
  });

  it('waits longer before each further POST', async () => {
    const { did } = await run({ starts: [noAnswer, noAnswer, noAnswer, queued] });
    expect(did.filter((each) => each.startsWith('sleep'))).to.deep.equal(['sleep 500', 'sleep 1000', 'sleep 2000']);
  });

  it('is not sent again while the list cannot be had, and stays unknown', async () => {
    const { answer, did, tookMs } = await run({ starts: [noAnswer, queued], lists: ['unavailable'] });
    expect(answer).to.deep.equal({
      kind: 'unknown',
      message:
        'Qlik did not answer whether the reload was accepted, and its list does not decide it: Qlik answered 503 to the list of reloads',
    });
    expect(did.filter((each) => each === 'post')).to.have.length(1);
    expect(tookMs).to.be.greaterThan(90_000);
  });

  it('is sent again when the list can be had after all, and shows nothing twice', async () => {
    const { answer, did } = await run({ starts: [noAnswer, queued], lists: ['unavailable', [], 'unavailable', []] });
    expect(answer).to.deep.equal(queued);
    expect(did.filter((each) => !each.startsWith('sleep'))).to.deep.equal([
      'post',
      'list',
      'list',
      'list',
      'list',
      'post',
    ]);
  });

  it('is looked for again where the second POST is told that a reload is pending: it may be ours', async () => {
    const busy: StartAnswer = { kind: 'busy', message: 'Qlik answered 429: RELOADS-007' };
    const found = await run({ starts: [noAnswer, busy], lists: [[], [], [ours]] });
    expect(found.answer).to.deep.equal({ kind: 'started', reloadId: 'r7', status: 'RELOADING' });
    const other = { ...ours, resourceId: 'order:default:a:s:other~1' };
    const foreign = await run({ starts: [noAnswer, busy], lists: [[], [], [other]] });
    expect(foreign.answer).to.deep.equal(busy);
  });

  it('tells a later refusal as it is', async () => {
    const refused: StartAnswer = { kind: 'permanent', code: 'QLIK_REFUSED', message: 'Qlik answered 404' };
    const { answer, did } = await run({ starts: [noAnswer, refused] });
    expect(answer).to.deep.equal(refused);
    expect(did.filter((each) => each === 'post')).to.have.length(2);
  });

  it('is given up before the time is over, however often Qlik does not answer', async () => {
    for (const startTakesMs of [0, 900, 7_000, 25_000, 200_000]) {
      const starts = Array.from({ length: 500 }, () => noAnswer);
      const { answer, tookMs } = await run({ starts, startTakesMs });
      expect(answer.kind).to.equal('unknown');
      expect(tookMs).to.be.lessThan(110_000);
    }
  });

  it('is not sent at all once more where the time is short', async () => {
    const { answer, did } = await run({ starts: [noAnswer, queued], runsForMs: 7_000 });
    expect(answer.kind).to.equal('unknown');
    expect(did).to.deep.equal(['post', 'list', 'sleep 500', 'list']);
  });
});

describe('a POST that could not be sent', () => {
  const retryAfter = 60_000 as DurationMs;
  const notSent: StartAnswer = { kind: 'wait', code: 'QLIK_UNREACHABLE', retryAfter, message: 'no token' };

  it('is sent after a pause that grows, without a look at the list: it left no doubt', async () => {
    const { answer, did } = await run({ starts: [notSent, notSent, queued] });
    expect(answer).to.deep.equal(queued);
    expect(did).to.deep.equal(['post', 'sleep 500', 'post', 'sleep 1000', 'post']);
  });

  it('is told as it is when the time is up', async () => {
    const { answer, tookMs } = await run({ starts: Array.from({ length: 100 }, () => notSent) });
    expect(answer).to.deep.equal(notSent);
    expect(tookMs).to.be.within(80_000, 103_000);
  });

  it('leaves the doubt of one before: that is looked for when the time is up', async () => {
    const starts = [noAnswer, ...Array.from({ length: 100 }, () => notSent)];
    const { answer } = await run({ starts, lists: [[], [], [ours]] });
    expect(answer).to.deep.equal({ kind: 'started', reloadId: 'r7', status: 'RELOADING' });
  });
});

describe('a tenant that does not give our resourceId back', () => {
  const found = { kind: 'started', reloadId: 'r7', status: 'RELOADING' };

  for (const skewMs of [-40_000, 0, 40_000]) {
    const at = (sinceMs: number): ReloadRecord => ({
      ...silent,
      createdAt: (STARTED_AT + skewMs + sinceMs) as EpochMs,
    });

    it(`has ours where everything fits, its clock ${skewMs} ms ahead`, async () => {
      const { answer, did } = await run({ starts: [noAnswer], lists: [[at(200)]], skewMs, startTakesMs: 25_000 });
      expect(answer).to.deep.equal(found);
      expect(did).to.deep.equal(['post', 'list', 'user']);
    });

    it(`has not ours where the reload is older than our POST, its clock ${skewMs} ms ahead`, async () => {
      const { answer } = await run({ starts: [noAnswer, queued], lists: [[at(-7_000)]], skewMs });
      expect(answer).to.deep.equal(queued);
    });
  }

  it('has not ours where the reload is older than our POST, however long it takes to learn who we are', async () => {
    const older = { ...silent, createdAt: (STARTED_AT - 10_000) as EpochMs };
    const slow = await run({ starts: [noAnswer, queued], lists: [[older]], userTakesMs: 20_000 });
    expect(slow.answer).to.deep.equal(queued);
  });

  const foreign: readonly (readonly [what: string, record: ReloadRecord])[] = [
    ['somebody started it by hand', { ...silent, type: 'hub' }],
    ['a schedule started it', { ...silent, type: 'chronos' }],
    ['another user started it', { ...silent, userId: 'them' }],
    ['it is partial and ours is not', { ...silent, partial: true }],
  ];
  for (const [what, record] of foreign) {
    it(`has not ours where ${what}`, async () => {
      expect((await run({ starts: [noAnswer, queued], lists: [[record]] })).answer).to.deep.equal(queued);
    });
  }

  it('has ours where both are partial', async () => {
    const script = { starts: [noAnswer], lists: [[{ ...silent, partial: true }]], body: { partial: true } };
    expect((await run(script)).answer).to.deep.equal(found);
  });

  it('is not posted to again where it cannot be told whether a reload that fits is ours', async () => {
    for (const unsure of [{ user: undefined }, { skewMs: undefined }]) {
      const { answer, did } = await run({ starts: [noAnswer, queued], lists: [[silent]], ...unsure });
      expect(answer.kind).to.equal('unknown');
      expect(did.filter((each) => each === 'post')).to.have.length(1);
    }
  });

  it('is posted to again, though it does not say who we are, where no reload could be ours', async () => {
    const { answer } = await run({
      starts: [noAnswer, queued],
      lists: [[{ ...silent, type: 'hub' }]],
      user: undefined,
    });
    expect(answer).to.deep.equal(queued);
  });
});

describe('the result of reload', () => {
  it('is order, reload and Qlik’s word, or an error with what can be done about it', () => {
    expect(resultOf(ORDER, queued)).to.deep.equal({ order: 'order:default:a:s:r0', reloadId: 'r1', status: 'QUEUED' });
    expect(resultOf(ORDER, { kind: 'permanent', code: 'QLIK_REFUSED', message: 'm' })).to.deep.equal({
      error: { code: 'QLIK_REFUSED', message: 'm', order: 'order:default:a:s:r0', kind: 'permanent' },
    });
    const wait = { kind: 'wait', code: 'QLIK_QUOTA', retryAfter: 5_000 as DurationMs, message: 'm' } as const;
    expect(resultOf(ORDER, wait)).to.deep.equal({
      error: { code: 'QLIK_QUOTA', message: 'm', order: 'order:default:a:s:r0', kind: 'wait', retryAfterMs: 5_000 },
    });
    expect(resultOf(ORDER, { kind: 'busy', message: 'Qlik answered 429' })).to.deep.equal({
      error: {
        code: 'QLIK_BUSY',
        message:
          'A reload of this app is already pending, so Qlik neither queued nor merged this one (Qlik answered 429).',
        order: 'order:default:a:s:r0',
        kind: 'busy',
      },
    });
    expect(resultOf(ORDER, { kind: 'unknown', message: 'm' })).to.deep.equal({
      error: { code: 'QLIK_UNKNOWN', message: 'm', order: 'order:default:a:s:r0', kind: 'unknown' },
    });
  });
});
