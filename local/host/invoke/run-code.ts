/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file runs the code of one action in a container, which is a child process.
 */

import type { Container } from '../containers/container.ts';
import { type ActionEntity, type CodeExec, entryValue } from '../entities/types.ts';
import type { Host } from '../host.ts';
import { MAX_PAYLOAD_BYTES, MEGABYTE } from '../limits.ts';
import type { Activation, ActivationOutcome } from './activation.ts';
import { readReply } from './outcome.ts';
import { boundParameters, mergeArguments } from './parameters.ts';

/**
 * Runs an action's code in a container that has, or gets, this revision of the action. Each run is one activation.
 */
export async function runCode(activation: Activation, exec: CodeExec): Promise<ActivationOutcome> {
  const { host, action } = activation;
  const { timeout: timeoutMs, memory } = action.limits;
  const leave = host.throttle.enter();
  try {
    const { params, env } = mergeArguments(boundParameters(action, host.entities), activation.payload);
    const { container, isCold } = await host.pool.acquire(action.revision, memory);
    // The activation begins when the process takes requests. The time until then counts as waiting.
    await container.ready;
    const start = host.now();
    const limits = { timeoutMs, memoryBytes: memory * MEGABYTE, replyBytes: MAX_PAYLOAD_BYTES };
    const post = async (url: '/init' | '/run', message: object) => {
      const reply = await container.post(url, JSON.stringify(message), limits);
      const isSound = reply.kind === 'reply' && reply.status === 200;
      return { isSound, isLate: reply.kind === 'late', response: readReply(url, reply, timeoutMs) };
    };
    const { code, binary, main = 'main' } = exec;
    const init = isCold && (await post('/init', { value: { name: action.name, main, code, binary, env } }));
    const initMs = host.now() - start;
    // If `/init` fails, there is no `/run`.
    const last = init && !init.isSound ? init : await post('/run', { value: params, ...runContext(activation) });
    return {
      response: last.response,
      annotations: [
        { key: 'timeout', value: last.isLate },
        // The action's kind always says `nodejs:20`. This is the version of Node that really runs the action.
        { key: 'node', value: process.versions.node },
        ...(isCold ? [{ key: 'initTime', value: initMs }] : []),
      ],
      logs: cutLogs(host, action, container, last.isSound),
      start,
    };
  } finally {
    leave();
  }
}

/**
 * Takes the log lines of the activation from the container. After that the container is free for the next activation.
 * But if its reply was no 200, or the end of the log is missing, the host ends the container.
 */
async function cutLogs(
  { pool }: Host,
  { revision, limits }: ActionEntity,
  container: Container,
  isSound: boolean,
): Promise<readonly string[]> {
  const { lines, isWhole } = await container.cutLogs(limits.logs * MEGABYTE);
  if (isSound && isWhole) pool.release(revision, container);
  else container.kill();
  return lines;
}

/**
 * What the host sends to `/run` beside the parameters. The container's program puts these values into the environment.
 */
function runContext({ host, action, activationId, transactionId }: Activation): object {
  const apiKey = entryValue(action.annotations, 'provide-api-key');
  // If the annotation is absent, the action gets the key. That is OpenWhisk's rule, for actions older than the
  // annotation.
  const hasKey = apiKey === undefined || Boolean(apiKey);
  return {
    namespace: host.namespace,
    action_name: `/${action.namespace}/${action.name}`,
    action_version: action.version,
    activation_id: activationId,
    transaction_id: transactionId,
    deadline: `${host.now() + action.limits.timeout}`,
    ...(hasKey && { api_key: host.auth }),
  };
}
