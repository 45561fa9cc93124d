/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. An activation is one run of an action, or of a sequence of actions. This file runs it, and makes the record
 * that OpenWhisk keeps of it.
 */

import { type ActivationRecord, newId } from '../activations.ts';
import { entityNotFound, reservedParameters } from '../answer.ts';
import { keyOf } from '../entities/names.ts';
import { findAction } from '../entities/store.ts';
import { type ActionEntity, isSequence, type SequenceExec } from '../entities/types.ts';
import type { Host } from '../host.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import { MAX_SEQUENCE_ACTIONS } from '../limits.ts';
import type { Activation, ActivationOutcome, InvokeContext } from './activation.ts';
import { failed } from './outcome.ts';
import { breaksFinal, valuesOf } from './parameters.ts';
import { runCode } from './run-code.ts';

/** An activation that the host has accepted. */
export interface StartedActivation {
  readonly activationId: string;
  /**
   * The record at the end. This promise does not reject. Its record may lack log lines, which only the stored record
   * has.
   */
  readonly ended: Promise<ActivationRecord>;
}

/**
 * Invokes the action or sequence `key`.
 *
 * @throws HostError 404 if there is none; 409 if an entity of another type has the name; 400 if `payload` has a
 *   parameter that is final (bound to the action for good).
 */
export function startAction(host: Host, key: string, payload: HostObject, transactionId: string): StartedActivation {
  const action = findAction(host.entities, key);
  if (action === undefined) throw entityNotFound();
  if (breaksFinal(action, payload, host.entities)) throw reservedParameters();
  return invoke(host, action, payload, { transactionId });
}

/** Starts an activation without any checks. The host stores its record when the log is complete. */
export function invoke(host: Host, action: ActionEntity, payload: Json, context: InvokeContext): StartedActivation {
  const activationId = newId();
  return { activationId, ended: activate({ ...context, host, action, payload, activationId }) };
}

/** Runs an activation and makes its record. */
async function activate(activation: Activation): Promise<ActivationRecord> {
  const { host, action, activationId, cause } = activation;
  const accepted = host.now();
  const outcome = await execute(activation).catch(internalError);
  const end = host.now();
  const { start = accepted, duration = end - start, response, logs } = outcome;
  const ended: ActivationRecord = {
    activationId,
    ...(cause === undefined ? {} : { cause }),
    start,
    end,
    duration,
    response,
    logs: logs instanceof Promise ? [] : logs,
    annotations: [
      { key: 'path', value: `${action.namespace}/${action.name}` },
      { key: 'kind', value: action.exec.kind },
      { key: 'limits', value: { ...action.limits } },
      { key: 'waitTime', value: start - accepted },
      ...(action.through === undefined ? [] : [{ key: 'binding', value: `${host.namespace}/${action.through.name}` }]),
      ...(cause === undefined ? [] : [{ key: 'causedBy', value: 'sequence' }]),
      ...outcome.annotations,
    ],
    name: action.name,
    namespace: host.namespace,
    publish: false,
    subject: host.namespace,
    version: action.version,
  };
  // Not awaited: the caller's answer does not wait for the log.
  void store(host, ended, logs);
  return ended;
}

async function store(host: Host, ended: ActivationRecord, logs: ActivationOutcome['logs']): Promise<void> {
  host.activations.store({ ...ended, logs: await logs });
}

const internalError = (error: unknown): ActivationOutcome => ({
  response: failed('whisk internal error', `There was an internal error: ${String(error)}`),
  annotations: [],
  logs: [],
});

/** Runs what the action consists of: a function of the host's own, a sequence, or code. */
async function execute(activation: Activation): Promise<ActivationOutcome> {
  const { exec, builtIn, through } = activation.action;
  if (builtIn !== undefined) {
    const { payload } = activation;
    const params = { ...valuesOf(through?.parameters ?? []), ...(isHostObject(payload) && payload) };
    return { response: builtIn(params), annotations: [{ key: 'timeout', value: false }], logs: [] };
  }
  return isSequence(exec) ? runSequence(activation, exec) : runCode(activation, exec);
}

/**
 * Runs the actions of a sequence one after another, until one fails or cannot be run. The result of each action is the
 * payload of the next one.
 */
async function runSequence(sequence: Activation, { components }: SequenceExec): Promise<ActivationOutcome> {
  const { host, transactionId, cause, activationId, steps = { count: 0 } } = sequence;
  const ran: ActivationRecord[] = [];
  let { payload } = sequence;
  let response = failed('application error', 'No component specified for the sequence.');
  for (const component of components) {
    const action = findStep(host, component, steps);
    if (typeof action === 'string') {
      response = failed('application error', action);
      break;
    }
    const ended = await invoke(host, action, payload, { transactionId, cause: activationId, steps }).ended;
    ran.push(ended);
    ({ response } = ended);
    if (!response.success) break;
    payload = response.result;
  }
  return {
    response,
    annotations: [{ key: 'topmost', value: cause === undefined }],
    logs: ran.map((step) => step.activationId),
    duration: ran.reduce((sum, step) => sum + step.duration, 0),
  };
}

/** The action that a component of a sequence names, or the reason why the sequence ends before it. */
function findStep(host: Host, component: string, steps: { count: number }): ActionEntity | string {
  const action = findAction(host.entities, keyOf(component));
  if (action === undefined) return 'Sequence component does not exist.';
  if (!isSequence(action.exec)) steps.count += 1;
  return steps.count > MAX_SEQUENCE_ACTIONS ? 'Too many actions in the sequence.' : action;
}
