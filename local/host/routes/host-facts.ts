/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file answers the calls that ask about the host itself: clients such as `wsk` ask for its limits and its
 * version.
 */

import { entityNotFound, jsonAnswer, type RestAnswer, text } from '../answer.ts';
import type { RestCall } from '../call.ts';
import { ACTION_LIMIT_RANGES as LIMITS, MAX_PAYLOAD_BYTES, MAX_SEQUENCE_ACTIONS, MEGABYTE } from '../limits.ts';

/**
 * Answers the calls that need no key.
 *
 * @throws HostError 404 for any other path or method.
 */
export function serveFacts(call: RestCall): RestAnswer {
  if (call.method !== 'GET') throw entityNotFound();
  switch (call.rawSegments.join('/')) {
    case '':
      return describeHost(call);
    case 'ping':
      return text(200, 'pong');
    case 'api/v1':
    case 'api/v1/':
      return describeApi();
    default:
      throw entityNotFound();
  }
}

/** `GET /`: the host's limits, and the kinds of actions that it can run. */
function describeHost({ host }: RestCall): RestAnswer {
  const { invocationsPerMinute, concurrentInvocations, firesPerMinute } = host.throttle.limits;
  const limits = {
    actions_per_minute: invocationsPerMinute,
    concurrent_actions: concurrentInvocations,
    triggers_per_minute: firesPerMinute,
    sequence_length: MAX_SEQUENCE_ACTIONS,
    default_max_action_duration: LIMITS.timeout.most,
    default_min_action_duration: LIMITS.timeout.least,
    default_max_action_memory: LIMITS.memory.most * MEGABYTE,
    default_min_action_memory: LIMITS.memory.least * MEGABYTE,
    default_max_action_logs: LIMITS.logs.most * MEGABYTE,
    default_min_action_logs: LIMITS.logs.least * MEGABYTE,
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

/** `GET /api/v1`: the API's version, with the fields that `wsk property get` reads. */
function describeApi(): RestAnswer {
  return jsonAnswer(200, {
    description: 'OpenWhisk API',
    api_version: '1.0.0',
    api_version_path: 'v1',
    // A real host has the day and the number of its build here. This host has neither.
    build: 'cascade-local-host',
    buildno: '0',
    swagger_paths: { ui: '/docs', 'api-docs': '/api-docs' },
  });
}

/** `GET /api/v1/namespaces/_/limits`. This call needs the key. */
export function describeLimits({ host }: RestCall): RestAnswer {
  const { invocationsPerMinute, concurrentInvocations, firesPerMinute } = host.throttle.limits;
  return jsonAnswer(200, {
    invocationsPerMinute,
    concurrentInvocations,
    firesPerMinute,
    maxActionConcurrency: LIMITS.concurrency.most,
    minActionConcurrency: LIMITS.concurrency.least,
    maxActionInstances: concurrentInvocations,
    maxActionLogs: LIMITS.logs.most,
    minActionLogs: LIMITS.logs.least,
    maxActionMemory: LIMITS.memory.most,
    minActionMemory: LIMITS.memory.least,
    maxActionTimeout: LIMITS.timeout.most,
    minActionTimeout: LIMITS.timeout.least,
    maxParameterSize: `${MAX_PAYLOAD_BYTES} B`,
  });
}
