import { jsonAnswer, type RestAnswer, text } from '../answer.ts';
import type { RestCall } from '../call.ts';
import {
  MAX_ACTION_LIMITS as MAX,
  MAX_PAYLOAD_BYTES,
  MAX_SEQUENCE_ACTIONS,
  MEGABYTE,
  MIN_ACTION_LIMITS as MIN,
} from '../limits.ts';

/** `GET /`: what the host can do and how much of it; needs no key. */
export function describeHost({ host }: RestCall): RestAnswer {
  const { invocationsPerMinute, concurrentInvocations, firesPerMinute } = host.throttle.limits;
  const limits = {
    actions_per_minute: invocationsPerMinute,
    concurrent_actions: concurrentInvocations,
    triggers_per_minute: firesPerMinute,
    sequence_length: MAX_SEQUENCE_ACTIONS,
    default_max_action_duration: MAX.timeout,
    default_min_action_duration: MIN.timeout,
    default_max_action_memory: MAX.memory * MEGABYTE,
    default_min_action_memory: MIN.memory * MEGABYTE,
    default_max_action_logs: MAX.logs * MEGABYTE,
    default_min_action_logs: MIN.logs * MEGABYTE,
  };
  const image = 'openwhisk/action-nodejs-v20';
  const runtime = { kind: 'nodejs:20', image, default: true, deprecated: false, attached: true, requireMain: false };
  return jsonAnswer(200, {
    description: 'OpenWhisk',
    api_paths: ['/api/v1'],
    limits,
    runtimes: { nodejs: [runtime] },
    support: { github: 'https://github.com/apache/openwhisk/issues' },
  });
}

/** `GET /api/v1`: the API's version, with the members that `wsk property get` reads; needs no key. */
export function describeApi(): RestAnswer {
  return jsonAnswer(200, {
    description: 'OpenWhisk API',
    api_version: '1.0.0',
    api_version_path: 'v1',
    // The real host tells the day and the number of its build; this one is run from its sources.
    build: 'cascade-local-host',
    buildno: '0',
    swagger_paths: { ui: '/docs', 'api-docs': '/api-docs' },
  });
}

/** `GET /ping`: whether the host is up; needs no key. */
export const answerPing = (): RestAnswer => text(200, 'pong');

/** `GET /api/v1/namespaces/_/limits`. */
export function describeLimits({ host }: RestCall): RestAnswer {
  const { invocationsPerMinute, concurrentInvocations, firesPerMinute } = host.throttle.limits;
  return jsonAnswer(200, {
    invocationsPerMinute,
    concurrentInvocations,
    firesPerMinute,
    maxActionConcurrency: MAX.concurrency,
    minActionConcurrency: MIN.concurrency,
    maxActionInstances: concurrentInvocations,
    maxActionLogs: MAX.logs,
    minActionLogs: MIN.logs,
    maxActionMemory: MAX.memory,
    minActionMemory: MIN.memory,
    maxActionTimeout: MAX.timeout,
    minActionTimeout: MIN.timeout,
    maxParameterSize: `${MAX_PAYLOAD_BYTES} B`,
  });
}
