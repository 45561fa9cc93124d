/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Deployment creates and overwrites actions by PUT. This file checks such a request, and makes the action's
 * fields from it.
 */

import { HostError, malformed } from '../answer.ts';
import type { Host } from '../host.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import { ACTION_LIMIT_RANGES, DEFAULT_ACTION_LIMITS, type LimitsOfAction, MAX_SEQUENCE_ACTIONS } from '../limits.ts';
import { mergeAnnotations, overlay, readParameters } from './entries.ts';
import { fullName, keyOf, requireOwn, resolvePath } from './names.ts';
import { type EntityStore, findAction } from './store.ts';
import { type ActionEntity, type CodeExec, type Exec, isSequence, type SequenceExec } from './types.ts';

const KIND = 'nodejs:20';
/**
 * The pattern of base64. The host takes code that matches for a zip or a tar.gz. It ignores the field `binary` of the
 * request.
 */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Reads the action or sequence `key` from the body of a PUT. A field that the body lacks keeps its old value; only
 * parameters do not, if the action becomes a sequence or was one.
 *
 * @throws HostError 400 for a wrong field, 403 for a component in another namespace, 409 for a component that is no
 *   action, 413 for parameters or annotations of more than 1 MB.
 */
export function readAction(
  host: Host,
  key: string,
  content: HostObject,
  previous: ActionEntity | undefined,
): Pick<ActionEntity, 'exec' | 'limits' | 'annotations' | 'parameters'> {
  const exec = content['exec'] === undefined ? previous?.exec : readExec(host, content['exec']);
  if (exec === undefined) throw new HostError(400, 'exec undefined');
  // By default a new action does not get the namespace's key, as in OpenWhisk.
  const annotations = mergeAnnotations(previous?.annotations ?? [{ key: 'provide-api-key', value: false }], content);
  // If an action replaces a sequence, it does not keep the sequence's only parameter, the list of its components.
  const old = previous && !isSequence(previous.exec) ? previous : undefined;
  const parameters = readParameters(content, old);
  if (isSequence(exec) && countActions(key, exec.components, host.entities) > MAX_SEQUENCE_ACTIONS) {
    throw new HostError(400, 'Too many actions in the sequence.');
  }
  return {
    exec,
    limits: readLimits(content['limits'], previous?.limits ?? DEFAULT_ACTION_LIMITS),
    annotations: overlay(annotations, [{ key: 'exec', value: exec.kind }]),
    // A sequence has one parameter, the list of its components.
    parameters: isSequence(exec) ? [{ key: '_actions', value: exec.components }] : parameters,
  };
}

function readExec(host: Host, value: Json): Exec {
  if (!isHostObject(value)) throw malformed('exec malformed');
  const { kind } = value;
  if (kind === 'sequence') return readSequence(host, value);
  if (kind === KIND || kind === 'nodejs:default') return readCode(value);
  const valid = `Valid values are: '${KIND}', 'sequence'.`;
  throw malformed(`The specified runtime '${String(kind)}' is not supported by this platform. ${valid}`);
}

function readCode({ code, main }: HostObject): CodeExec {
  if (typeof code !== 'string' || code === '')
    throw malformed(`'code' must be a string defined in 'exec' for '${KIND}' actions`);
  const exec = { kind: KIND, code, binary: code.length % 4 === 0 && BASE64.test(code) };
  return typeof main === 'string' ? { ...exec, main } : exec;
}

function readSequence(host: Host, { components }: HostObject): SequenceExec {
  if (!Array.isArray(components) || components.length === 0) {
    throw new HostError(400, 'No component specified for the sequence.');
  }
  return { kind: 'sequence', components: components.map((name: Json) => readComponent(host, name)) };
}

function readComponent({ entities, namespace }: Host, name: Json): string {
  const path = typeof name === 'string' ? resolvePath(name, namespace) : undefined;
  const reference = requireOwn(path, namespace, 'sequence components');
  const component = fullName(reference);
  if (findAction(entities, keyOf(component)) !== undefined) return component;
  throw new HostError(400, 'Sequence component does not exist.');
}

/**
 * How many actions a sequence runs, with those of the sequences in it.
 *
 * @throws HostError 400 if the sequence contains itself; 409 if a component is no longer an action.
 */
function countActions(key: string, components: readonly string[], entities: EntityStore): number {
  return components.reduce((sum, component) => {
    const componentKey = keyOf(component);
    // No stored sequence contains itself, so this recursion ends.
    if (componentKey === key) throw new HostError(400, 'Sequence may not refer to itself.');
    const action = findAction(entities, componentKey);
    const isNested = action !== undefined && isSequence(action.exec);
    return sum + (isNested ? countActions(key, action.exec.components, entities) : 1);
  }, 0);
}

function readLimits(value: Json | undefined, previous: LimitsOfAction): LimitsOfAction {
  if (value === undefined) return previous;
  if (!isHostObject(value)) throw malformed('limits malformed');
  const read = (name: keyof LimitsOfAction): number => readLimit(name, value[name] ?? previous[name]);
  return { timeout: read('timeout'), memory: read('memory'), logs: read('logs'), concurrency: read('concurrency') };
}

function readLimit(name: keyof LimitsOfAction, value: Json): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed(`${name} must be an integer`);
  const { least, most, what, unit } = ACTION_LIMIT_RANGES[name];
  if (value >= least && value <= most) return value;
  const breach = value > most ? `exceeds allowed threshold of ${most}` : `below allowed threshold of ${least}`;
  throw new HostError(400, `requirement failed: ${what} ${value}${unit} ${breach}${unit}`);
}
