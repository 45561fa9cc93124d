import type { HostLimits } from '../../../../local/host/start-host.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type Rule,
  withHeader,
  withStatus,
} from '../../../support/altering-proxy.ts';
import { answers, type Breakage, requests, texts } from '../../support/break.ts';

/** Limits that a section reaches in a second. A minute still has room for six calls more than may run at once. */
export const LOW_LIMITS: HostLimits = { invocationsPerMinute: 12, concurrentInvocations: 3, firesPerMinute: 6 };

// Each section has a package of its own: `…-limits` for the limits of a minute, `…-limits-at-once` for the other limit.
const MINUTE_FAST = /^POST \S+\/actions\/\S+-limits\/fast\?/;
const AT_ONCE_FAST = /^POST \S+\/actions\/\S+-limits-at-once\/fast\?/;
const AT_ONCE_WAITS = /^POST \S+\/actions\/\S+-limits-at-once\/waits$/;
const THREE = /^POST \S+\/actions\/\S+-limits\/three\?/;

/** Gives the refusal of some calls another status. */
const instead = (call: RegExp, status: number, isMeant: (request: HttpRequest) => boolean = () => true): Rule =>
  answers(
    (answer, request) => answer.status === 429 && call.test(`${request.method} ${request.path}`) && isMeant(request),
    (answer) => withStatus(answer, status),
  );

/** Refuses the calls for which `isTurn` is true, although the host accepted them. */
const refuses = (isTurn: (call: string) => boolean): Rule => ({
  answer: (answer: HttpAnswer, { method, path }: HttpRequest) =>
    isTurn(`${method} ${path}`) ? withStatus(answer, 429) : answer,
});

/** Refuses the first call of the minute after the one in which entities were read and written. */
function firstOfNextMinute(): Rule {
  let isNext = false;
  return refuses((call) => {
    const isTurn = isNext && MINUTE_FAST.test(call);
    if (isTurn) isNext = false;
    if (call.endsWith('/activations?limit=1')) isNext = true;
    return isTurn;
  });
}

/** Refuses the calls of the sequence beyond a third of the minute's limit. */
function thirds(): Rule {
  let calls = 0;
  return refuses((call) => {
    if (THREE.test(call)) calls += 1;
    return THREE.test(call) && calls > LOW_LIMITS.invocationsPerMinute / 3;
  });
}

/** For each row of the limits, a change that makes it untrue on a host with `LOW_LIMITS`. */
export const LIMIT_BREAKAGES: readonly Breakage[] = [
  {
    id: 'ow-limits-01',
    how: 'a body that is too large is refused in other words',
    rule: texts(/^POST /, 'Request larger than allowed: 1048577', 'Request larger than allowed: 1048578'),
  },
  {
    id: 'ow-limits-02',
    how: 'one call more than the limit is taken',
    rule: answers(
      ({ body }, { method, path }) =>
        MINUTE_FAST.test(`${method} ${path}`) && body.includes('(count: 13, allowed: 12)'),
      (answer) => withStatus(answer, 200),
    ),
  },
  {
    id: 'ow-limits-03',
    how: 'refused calls do not count',
    rule: texts(MINUTE_FAST, '(count: 22, allowed: 12)', '(count: 13, allowed: 12)'),
  },
  {
    id: 'ow-limits-04',
    how: 'a refusal says when to come back',
    rule: answers(
      ({ status }) => status === 429,
      (answer) => withHeader(answer, 'retry-after', '60'),
    ),
  },
  {
    id: 'ow-limits-05',
    how: 'a preflight is answered in an exhausted minute',
    rule: instead(/^OPTIONS /, 200),
  },
  {
    id: 'ow-limits-06',
    how: 'reading activations is limited',
    rule: refuses((call) => call.endsWith('/activations?limit=1')),
  },
  {
    id: 'ow-limits-07',
    how: 'the first call of the next minute is refused',
    rule: firstOfNextMinute(),
  },
  {
    id: 'ow-limits-08',
    how: 'a sequence costs a call for each step',
    rule: thirds(),
  },
  {
    id: 'ow-limits-09',
    how: 'fires are not limited',
    rule: instead(/^POST \S+\/triggers\//, 202),
  },
  {
    id: 'ow-limits-10',
    how: "a trigger's record words the refusal otherwise",
    rule: texts(/^GET \S+\/activations\/[0-9a-f]{32}$/, 'Too many requests in the last minute', 'Too many requests'),
  },
  {
    id: 'ow-limits-11',
    how: 'the refusal counts the call that is refused',
    rule: texts(AT_ONCE_WAITS, '(count: 3, allowed: 3)', '(count: 4, allowed: 3)'),
  },
  {
    id: 'ow-limits-12',
    how: 'all calls of one instant get in',
    rule: instead(AT_ONCE_WAITS, 200, ({ body }) => body.includes('gate2"')),
  },
  {
    id: 'ow-limits-13',
    how: 'a call refused for concurrency costs nothing',
    rule: instead(AT_ONCE_FAST, 200),
  },
  {
    id: 'ow-limits-14',
    how: 'a web call is taken while all places are held',
    rule: instead(/^GET \/api\/v1\/web\/\S+-limits-at-once\/fast$/, 204),
  },
  {
    id: 'ow-limits-15',
    how: 'chunks are joined on the way',
    rule: requests((request) => withHeader(request, 'transfer-encoding', undefined)),
  },
];
