import { HostError, malformed } from '../answer.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';
import {
  DEFAULT_ACTION_LIMITS,
  type LimitsOfAction,
  MAX_ACTION_LIMITS,
  MAX_SEQUENCE_ACTIONS,
  MIN_ACTION_LIMITS,
} from '../limits.ts';
import { mergeAnnotations, overlay, readEntries } from './entries.ts';
import { forbiddenNamespace, fullName, keyOf, resolvePath } from './names.ts';
import { type EntityStore, findAction } from './store.ts';
import { type ActionEntity, type CodeExec, type Exec, isSequence, type SequenceExec } from './types.ts';

const KIND = 'nodejs:20';
/** Code that reads as base64 is a zip or tar.gz: the host does not rely on what the caller says of it. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

type ActionContent = Pick<ActionEntity, 'exec' | 'limits' | 'annotations' | 'parameters'>;

/** What a PUT makes of an action: the body over what there was; 400 for anything OpenWhisk refuses. */
export function readAction(
  content: HostObject,
  previous: ActionEntity | undefined,
  entities: EntityStore,
  namespace: string,
): ActionContent {
  const exec = content['exec'] === undefined ? previous?.exec : readExec(content['exec'], entities, namespace);
  if (exec === undefined) throw new HostError(400, 'exec undefined');
  const merged = mergeAnnotations(previous?.annotations ?? [{ key: 'provide-api-key', value: false }], content);
  return {
    exec,
    limits: readLimits(content['limits'], previous?.limits ?? DEFAULT_ACTION_LIMITS),
    annotations: overlay(merged, [{ key: 'exec', value: exec.kind }]),
    parameters: readParameters(content, exec, previous),
  };
}

function readParameters(
  content: HostObject,
  exec: Exec,
  previous: ActionEntity | undefined,
): ActionEntity['parameters'] {
  const given = readEntries(content, 'parameters');
  // A sequence has no parameters of its own: the only one tells its components.
  if (isSequence(exec)) return [{ key: '_actions', value: exec.components }];
  const kept = previous === undefined || isSequence(previous.exec) ? [] : previous.parameters;
  return given ?? kept;
}

function readExec(value: Json, entities: EntityStore, namespace: string): Exec {
  if (!isHostObject(value)) throw malformed('exec malformed');
  const { kind } = value;
  if (kind === 'sequence') return readSequence(value, entities, namespace);
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

function readSequence({ components }: HostObject, entities: EntityStore, namespace: string): SequenceExec {
  if (!Array.isArray(components) || components.length === 0) {
    throw new HostError(400, 'No component specified for the sequence.');
  }
  return { kind: 'sequence', components: components.map((name: Json) => readComponent(name, entities, namespace)) };
}

function readComponent(name: Json, entities: EntityStore, namespace: string): string {
  const reference = typeof name === 'string' ? resolvePath(name, namespace) : undefined;
  if (reference === undefined) throw malformed('sequence components malformed');
  const [root = ''] = reference.path.split('/');
  if (root !== namespace) throw forbiddenNamespace(root);
  if (findAction(entities, keyOf(reference)) === undefined) {
    throw new HostError(400, 'Sequence component does not exist.');
  }
  return fullName(reference);
}

const LIMIT_WORDS = {
  timeout: { what: 'duration', unit: ' milliseconds' },
  memory: { what: 'memory size', unit: ' MB' },
  logs: { what: 'log size', unit: ' MB' },
  concurrency: { what: 'concurrency', unit: '' },
} as const;

function readLimits(value: Json | undefined, previous: LimitsOfAction): LimitsOfAction {
  if (value === undefined) return previous;
  if (!isHostObject(value)) throw malformed('limits malformed');
  const read = (name: keyof LimitsOfAction): number => readLimit(name, value[name] ?? previous[name]);
  return { timeout: read('timeout'), memory: read('memory'), logs: read('logs'), concurrency: read('concurrency') };
}

function readLimit(name: keyof LimitsOfAction, value: Json): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed(`${name} must be an integer`);
  const { what, unit } = LIMIT_WORDS[name];
  const [least, most] = [MIN_ACTION_LIMITS[name], MAX_ACTION_LIMITS[name]];
  const breach = value > most ? `exceeds allowed threshold of ${most}` : `below allowed threshold of ${least}`;
  if (value > most || value < least)
    throw new HostError(400, `requirement failed: ${what} ${value}${unit} ${breach}${unit}`);
  return value;
}

/**
 * Refuses a sequence, not yet stored under `key`, that comes back to itself or runs too many actions, those of the
 * sequences in it counted.
 *
 * @throws WireError 400
 */
export function checkSequence(key: string, components: readonly string[], entities: EntityStore): void {
  if (countActions(key, components, entities) > MAX_SEQUENCE_ACTIONS) {
    throw new HostError(400, 'Too many actions in the sequence.');
  }
}

// What is stored never comes back to itself, so only `key` has to be looked for.
function countActions(key: string, components: readonly string[], entities: EntityStore): number {
  return components.reduce((sum, component) => {
    const reference = resolvePath(component, '');
    const componentKey = reference && keyOf(reference);
    if (componentKey === key) throw new HostError(400, 'Sequence may not refer to itself.');
    const action = componentKey === undefined ? undefined : findAction(entities, componentKey);
    const isNested = action !== undefined && isSequence(action.exec);
    return sum + (isNested ? countActions(key, action.exec.components, entities) : 1);
  }, 0);
}
