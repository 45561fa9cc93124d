import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { TenantName } from '../../../src/core/names.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { ENGINE_ATTEMPT, normaliseEvent, RELOAD_FINISHED } from '../../../src/core/webhook/normalise-event.ts';

const fixture = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../fixtures/webhooks/${name}.json`, import.meta.url), 'utf8'));

const delivery = {
  tenant: 'default' as TenantName,
  receivedAt: 1_800_000_000_000 as EpochMs,
  activationId: 'act1',
  countedType: RELOAD_FINISHED,
};
const attemptsCount = { ...delivery, countedType: ENGINE_ATTEMPT };

const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8';
const RELOAD = '6a849f7f18ec290e6ceb025d';

/** The end in `reload-finished.json`. */
const finished = {
  tenant: 'default',
  eventId: 'b347fd0d-1321-417f-91ee-90e96c76389c',
  appId: APP,
  reloadId: RELOAD,
  outcome: 'succeeded',
  createdAt: Date.UTC(2026, 10, 21, 7, 0, 0, 164),
  startedAt: Date.UTC(2026, 10, 21, 7, 0, 2),
  endedAt: Date.UTC(2026, 10, 21, 7, 6, 22),
  partial: false,
  startedBy: 'external',
  orderId: `order:default:${APP}:s:6a849f7f18ec290e6ceb0001`,
  orderTry: 1,
};
/** The attempt in `app-reload-finished.json`. */
const attempt = {
  tenant: 'default',
  eventId: '0f0e0d0c-1111-4222-8333-444455556666',
  appId: APP,
  reloadId: 'c35f4b70-2f5a-4b9e-9f0d-6e7f00112233',
  outcome: 'succeeded',
  endedAt: Date.UTC(2026, 10, 21, 7, 6, 20),
  partial: false,
};
const { startedBy: _, orderId: __, orderTry: ___, ...withoutOrigin } = finished;

describe('texts of an event', () => {
  const long = 'x'.repeat(200_000);

  it('are cut where they would only fill logs and answers', () => {
    const data = { ...(fixture('reload-finished')['data'] as object), type: long, errorCode: long, errorMessage: long };
    const told = normaliseEvent({ ...fixture('reload-finished'), id: long, data }, delivery);
    expect(JSON.stringify(told)).to.have.length.below(2_500);
    const other = normaliseEvent({ ...fixture('reload-finished'), type: long }, delivery);
    expect(JSON.stringify(other)).to.have.length.below(300);
  });
});

describe('com.qlik.v1.reload.finished', () => {
  const timesOf = (data: object) => {
    const body = fixture('reload-finished');
    const { creationTime, startTime, durationSeconds, ...others } = body['data'] as Record<string, unknown>;
    expect([creationTime, startTime, durationSeconds]).not.to.include(undefined);
    const told = normaliseEvent({ ...body, data: { ...others, ...data } }, delivery);
    return told.kind === 'event' ? [told.event.createdAt, told.event.startedAt] : told;
  };

  it('began so long before its end as it ran, if nothing else says when it began', () => {
    const ms = Date.UTC(2026, 10, 21, 7, 6, 22) - 26_100;
    expect(timesOf({ durationSeconds: 26.1 })).to.deep.equal([undefined, ms]);
  });

  it('began at its end if it began within the second of the end: the webhook gives the end without milliseconds', () => {
    const end = Date.UTC(2026, 10, 21, 7, 6, 22);
    const times = { creationTime: '2026-11-21T07:06:21.900Z', startTime: '2026-11-21T07:06:22.999Z' };
    expect(timesOf(times)).to.deep.equal([end - 100, end]);
    expect(timesOf({ startTime: '2026-11-21T07:06:23.000Z' })).to.deep.equal([undefined, undefined]);
  });

  it('has no time that is after its end, or that nobody can read', () => {
    expect(timesOf({ creationTime: '2026-11-21T07:06:23Z', startTime: '2030-01-01T00:00:00Z' })).to.deep.equal([
      undefined,
      undefined,
    ]);
    expect(timesOf({ creationTime: 'now', startTime: 5, durationSeconds: -1 })).to.deep.equal([undefined, undefined]);
    expect(timesOf({ durationSeconds: 1e300 })).to.deep.equal([undefined, undefined]);
  });

  const cases: readonly (readonly [file: string, event: object])[] = [
    ['reload-finished', finished],
    [
      'reload-finished-failed-non-ascii',
      { ...finished, outcome: 'failed', error: { code: 'EngineError', message: 'Feld «Größe» 未找到 🚫' } },
    ],
    ['reload-finished-canceled', { ...finished, outcome: 'canceled' }],
    ['reload-finished-exceeded-limit', { ...finished, outcome: 'exceeded-limit' }],
    ['reload-finished-without-status', finished],
    ['reload-finished-unknown-status', { ...finished, outcome: 'failed' }],
    ['reload-finished-personal-space', finished],
    ['reload-finished-by-hand', { ...withoutOrigin, startedBy: 'hub' }],
    ['reload-finished-partial', { ...finished, partial: true }],
    ['reload-finished-script-app', finished],
  ];
  for (const [file, event] of cases) {
    it(`is an event: ${file}`, () => {
      expect(normaliseEvent(fixture(file), delivery)).to.deep.equal({ kind: 'event', event });
    });
  }

  it('is ignored where attempts are what counts', () => {
    expect(normaliseEvent(fixture('reload-finished'), attemptsCount)).to.deep.equal({
      kind: 'ignored',
      ignored: { reason: 'engine-attempt', type: RELOAD_FINISHED, appId: APP, reloadId: RELOAD },
    });
  });

  it('ended when it was received where no time is told', () => {
    const { time: _time, ...timeless } = fixture('reload-finished');
    expect(normaliseEvent(timeless, delivery)).to.deep.equal({
      kind: 'event',
      event: { ...finished, endedAt: 1_800_000_000_000 },
    });
    expect(normaliseEvent({ ...timeless, time: 'yesterday' }, delivery)).to.deep.equal({
      kind: 'event',
      event: { ...finished, endedAt: 1_800_000_000_000 },
    });
  });

  it('takes the app from toplevelresourceid where data.appId is missing', () => {
    const { appId: _appId, ...data } = fixture('reload-finished')['data'] as Record<string, unknown>;
    expect(normaliseEvent({ ...fixture('reload-finished'), data }, delivery)).to.deep.equal({
      kind: 'event',
      event: finished,
    });
  });

  it('writes a UUID in small letters, as the chains do', () => {
    const data = { ...(fixture('reload-finished')['data'] as object), appId: APP.toUpperCase() };
    expect(normaliseEvent({ ...fixture('reload-finished'), data }, delivery)).to.deep.equal({
      kind: 'event',
      event: finished,
    });
  });

  it('keeps at most 1000 characters of an error message', () => {
    const data = { ...(fixture('reload-finished')['data'] as object), errorMessage: 'x'.repeat(5_000) };
    const told = normaliseEvent({ ...fixture('reload-finished'), data }, delivery);
    expect(told).to.deep.equal({
      kind: 'event',
      event: { ...finished, error: { code: '', message: 'x'.repeat(1_000) } },
    });
  });

  it('names no order of ours where resourceId is somebody else’s', () => {
    for (const resourceId of ['', 'task-7', 'order:default:a:s:r1', 'xorder:default:a:s:r1~1', 7]) {
      const data = { ...(fixture('reload-finished')['data'] as object), resourceId };
      const { orderId: _orderId, orderTry: _orderTry, ...event } = finished;
      expect(normaliseEvent({ ...fixture('reload-finished'), data }, delivery)).to.deep.equal({ kind: 'event', event });
    }
  });
});

describe('com.qlik.v1.app.reload.finished', () => {
  const attempts: readonly (readonly [file: string, event: object])[] = [
    ['app-reload-finished', attempt],
    ['app-reload-finished-error', { ...attempt, outcome: 'failed' }],
    ['app-reload-finished-partial', { ...attempt, partial: true }],
    ['legacy', attempt],
    ['legacy-odd-case', attempt],
    ['hybrid', attempt],
  ];
  for (const [file, event] of attempts) {
    it(`is an event where attempts count: ${file}`, () => {
      expect(normaliseEvent(fixture(file), attemptsCount)).to.deep.equal({ kind: 'event', event });
    });

    it(`is ignored where they do not: ${file}`, () => {
      const { appId, reloadId } = attempt;
      expect(normaliseEvent(fixture(file), delivery)).to.deep.equal({
        kind: 'ignored',
        ignored: { reason: 'engine-attempt', type: ENGINE_ATTEMPT, appId, reloadId },
      });
    });
  }

  for (const file of ['app-reload-finished-session-app', 'app-reload-finished-skip-store']) {
    for (const setting of [delivery, attemptsCount]) {
      it(`never counts where nothing is stored: ${file}, while ${setting.countedType} counts`, () => {
        const { appId, reloadId } = attempt;
        expect(normaliseEvent(fixture(file), setting)).to.deep.equal({
          kind: 'ignored',
          ignored: { reason: 'session-app', type: ENGINE_ATTEMPT, appId, reloadId },
        });
      });
    }
  }

  it('is ignored, not refused, where it does not count and lacks what an event needs', () => {
    const bare = { type: ENGINE_ATTEMPT, data: { status: 'paused' } };
    expect(normaliseEvent(bare, delivery)).to.deep.equal({
      kind: 'ignored',
      ignored: { reason: 'engine-attempt', type: ENGINE_ATTEMPT },
    });
    expect(normaliseEvent({ type: ENGINE_ATTEMPT, data: { isSessionApp: true } }, attemptsCount)).to.deep.equal({
      kind: 'ignored',
      ignored: { reason: 'session-app', type: ENGINE_ATTEMPT },
    });
  });

  it('is read from the legacy names where a hybrid leaves the new ones empty', () => {
    const half = { ...fixture('hybrid'), id: null, type: '', time: null, toplevelresourceid: null };
    expect(normaliseEvent(half, attemptsCount)).to.deep.equal({ kind: 'event', event: attempt });
  });
});

describe('the oldest form', () => {
  const event = {
    tenant: 'default',
    appId: APP,
    reloadId: 'x.act1',
    outcome: 'succeeded',
    endedAt: 1_800_000_000_000,
    partial: false,
  };

  it('is an event with a reload id of its own, whichever type counts', () => {
    expect(normaliseEvent(fixture('oldest-form'), delivery)).to.deep.equal({ kind: 'event', event });
    expect(normaliseEvent(fixture('oldest-form'), attemptsCount)).to.deep.equal({ kind: 'event', event });
    expect(normaliseEvent(fixture('oldest-form-error'), delivery)).to.deep.equal({
      kind: 'event',
      event: { ...event, outcome: 'failed' },
    });
  });

  it('is not what a body with a type that is no text is', () => {
    for (const type of [5, {}, [], true]) {
      expect(() => normaliseEvent({ ...fixture('oldest-form'), type }, delivery)).to.throw(CascadeError, 'type');
    }
  });
});

describe('another event', () => {
  it('is ignored by its type', () => {
    expect(normaliseEvent(fixture('other-event'), delivery)).to.deep.equal({
      kind: 'ignored',
      ignored: { reason: 'other-event', type: 'com.qlik.v1.app.published' },
    });
  });
});

describe('an authentic body that is no event', () => {
  const data = fixture('reload-finished')['data'] as object;
  const withData = (change: object) => ({ ...fixture('reload-finished'), data: { ...data, ...change } });
  const PREFIX = 'The body is authentic, but it is not a reload event: ';
  const cases: readonly (readonly [what: string, body: unknown, problem: string])[] = [
    ['null', null, 'it is not a JSON object.'],
    ['an array', [], 'it is not a JSON object.'],
    ['a text', 'reload', 'it is not a JSON object.'],
    ['an empty object', {}, 'it has no type, and data.status is neither ok nor error.'],
    [
      'no type and a strange status',
      { data: { id: APP, status: 'SUCCEEDED' } },
      'it has no type, and data.status is neither ok nor error.',
    ],
    ['the oldest form without an app', { data: { status: 'ok' } }, 'data.id is not an app id.'],
    ['an app id with a slash', withData({ appId: 'a/b' }), 'data.appId is not an app id.'],
    ['an app id of 65 letters', withData({ appId: 'a'.repeat(65) }), 'data.appId is not an app id.'],
    ['an app id in full-width letters', withData({ appId: 'ａｐｐ' }), 'data.appId is not an app id.'],
    ['an app id that ends with a line feed', withData({ appId: 'abc\n' }), 'data.appId is not an app id.'],
    ['a reload id that is a number', withData({ id: 7 }), 'data.id is not a reload id.'],
    ['a reload id with a colon', withData({ id: 'a:b' }), 'data.id is not a reload id.'],
    [
      'neither status nor succeeded',
      withData({ status: undefined, succeeded: undefined }),
      'data.status names no outcome.',
    ],
    ['succeeded as a text', withData({ status: 5, succeeded: 'true' }), 'data.status names no outcome.'],
    [
      'data that is a list',
      { ...fixture('reload-finished'), toplevelresourceid: '', data: [] },
      'data.appId is not an app id.',
    ],
  ];
  for (const [what, body, problem] of cases) {
    it(`is refused, and the field named: ${what}`, () => {
      expect(() => normaliseEvent(body, delivery)).to.throw(CascadeError, `${PREFIX}${problem}`);
    });
  }

  it('names toplevelresourceid and data.reloadId of an attempt that counts', () => {
    const attemptBody = fixture('app-reload-finished');
    expect(() => normaliseEvent({ ...attemptBody, toplevelresourceid: 5 }, attemptsCount)).to.throw(
      `${PREFIX}toplevelresourceid is not an app id.`,
    );
    expect(() => normaliseEvent({ ...attemptBody, data: { status: 'ok' } }, attemptsCount)).to.throw(
      `${PREFIX}data.reloadId is not a reload id.`,
    );
  });

  it('never fails but with a CascadeError, whatever the JSON', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.oneof(fc.constantFrom(RELOAD_FINISHED, ENGINE_ATTEMPT), fc.jsonValue()),
        data: fc.dictionary(
          fc.constantFrom('id', 'appId', 'status', 'succeeded', 'reloadId', '__proto__'),
          fc.jsonValue(),
        ),
      }),
    );
    fc.assert(
      fc.property(json, fc.constantFrom(delivery, attemptsCount), (body, setting) => {
        try {
          expect(['event', 'ignored']).to.include(normaliseEvent(body, setting).kind);
        } catch (error) {
          if (!(error instanceof CascadeError)) throw error;
          expect(error.code).to.equal('EVENT_MALFORMED');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
