import { badRequest } from './http/answer.ts';
import { isObject } from './http/call.ts';
import { SPACE_ROLES } from './spaces.ts';

interface Spec<T> {
  readonly initial: T;
  readonly accepts: (value: unknown) => value is T;
  readonly allowed: string;
}

/** The forms in which events are sent. */
export const FORMS = ['cloudevents', 'hybrid', 'legacy'] as const;
export type Form = (typeof FORMS)[number];

/**
 * What nobody could verify on a real tenant, and what a measurement needs to set. Each is named as in the list of facts
 * (`q-unknown-…`); `api.…` and `reloads.concurrency` are settings of the simulation alone.
 */
const SPECS = {
  'api.latencyMs': whole(0, 60_000, 0),
  'api.reloadsPer5Min': whole(1, 1_000_000, 250),
  'api.tier1Per5Min': whole(1, 1_000_000, 5_000),
  'api.tier2Per5Min': whole(1, 1_000_000, 500),
  'clock.patienceMs': whole(1, 600_000, 2_000),
  'reloads.concurrency': whole(1, 10_000, 30),
  'reloads.echo': oneOf('both', 'record', 'none'),
  'reloads.pendingCovers': oneOf('active', 'queued'),
  'reloads.pendingRetryAfter': wholeOr('absent', 0, 86_400),
  'reloads.unknownApp': oneOf(404, 403),
  'reloads.frequencyQuota': wholeOr('off', 0, 1_000_000),
  'reloads.keep': wholeOr('unlimited', 1, 1_000_000),
  'reloads.listLagMs': whole(0, 3_600_000, 0),
  'reloads.recordLagMs': whole(0, 3_600_000, 0),
  'reloads.queueCapStatus': oneOf('FAILED', 'EXCEEDED_LIMIT'),
  'reloads.runCapStatus': oneOf('EXCEEDED_LIMIT', 'FAILED'),
  'reloads.sort': oneOf('all', 'creationTimeOnly'),
  'spaces.managedReloadRoles': subsetOf(['owner', ...SPACE_ROLES], ['owner', 'facilitator', 'operator']),
  'oauth.maxTokens': wholeOr('unlimited', 0, 1_000_000),
  'events.status': oneOf('present', 'absent'),
  'delivery.form': wordOrWords(FORMS),
  'delivery.contentType': oneOf('application/json', 'application/cloudevents+json'),
  'delivery.timeoutMs': whole(1, 600_000, 10_000),
  'delivery.attempts': whole(1, 100, 1),
  'delivery.backoffMs': whole(0, 86_400_000, 60_000),
  'delivery.duplicate': chance(),
  'delivery.reorder': chance(),
  'delivery.drop': chance(),
  'delivery.delayMs': whole(0, 86_400_000, 0),
  'webhook.disableAfter': wholeOr('off', 1, 1_000_000),
  'webhook.disabledReasonCode': words('DELIVERY-FAILURES'),
  'webhook.quotaUser': whole(1, 1_000_000, 150),
  'webhook.quotaTenant': wholeOr('unlimited', 1, 1_000_000),
  'webhook.readOnlyChange': oneOf(409, 400),
  'webhook.allowLoopback': oneOf(true, false),
} as const;

type Specs = typeof SPECS;
export type SwitchName = keyof Specs;
export type SwitchValue<N extends SwitchName> = Specs[N]['initial'];

/** The switches with their present values. */
export class Switches {
  readonly #values = new Map<string, unknown>();

  /** The present value of one switch. */
  get<N extends SwitchName>(name: N): SwitchValue<N> {
    const spec: Spec<SwitchValue<N>> = SPECS[name] as unknown as Spec<SwitchValue<N>>;
    const value = this.#values.get(name);
    return spec.accepts(value) ? value : spec.initial;
  }

  /** All switches by name. */
  all(): Record<string, unknown> {
    const names = Object.keys(SPECS).filter((name) => isSwitchName(name));
    return Object.fromEntries(names.map((name) => [name, this.get(name)]));
  }

  /** Sets the given switches and leaves the others. @throws Refusal 400 for an unknown name or value; then none is set. */
  merge(changes: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(changes)) {
      if (!isSwitchName(name)) {
        throw badRequest(`There is no switch "${name}". There are: ${Object.keys(SPECS).join(', ')}.`);
      }
      if (!SPECS[name].accepts(value)) {
        throw badRequest(`Switch "${name}" takes ${SPECS[name].allowed}, not ${JSON.stringify(value)}.`);
      }
    }
    for (const [name, value] of Object.entries(changes)) this.#values.set(name, value);
  }
}

function isSwitchName(name: string): name is SwitchName {
  return Object.hasOwn(SPECS, name);
}

function oneOf<const T extends string | number | boolean>(initial: T, ...others: T[]): Spec<T> {
  const values: readonly unknown[] = [initial, ...others];
  return {
    initial,
    accepts: (value): value is T => values.includes(value),
    allowed: values.map((value) => JSON.stringify(value)).join(' or '),
  };
}

function subsetOf(words: readonly string[], initial: readonly string[]): Spec<readonly string[]> {
  return {
    initial,
    accepts: (value): value is readonly string[] => Array.isArray(value) && value.every((word) => words.includes(word)),
    allowed: `an array of ${words.join(', ')}`,
  };
}

/** One word for all webhooks, or an object: one for each webhook by its id, and by `default` for the others. */
function wordOrWords<const W extends string>(known: readonly [W, ...W[]]): Spec<W | Readonly<Record<string, W>>> {
  const isWord = (value: unknown): value is W => known.some((word) => word === value);
  return {
    initial: known[0],
    accepts: (value): value is W | Readonly<Record<string, W>> =>
      isWord(value) || (isObject(value) && Object.values(value).every(isWord)),
    allowed: `${known.join(' or ')}, or an object that has one for each webhook's id and for "default"`,
  };
}

/** How often something happens: never, always, or so many times in a hundred, drawn from the seed. */
function chance(): Spec<boolean | number> {
  const percent = whole(1, 99, 1);
  return {
    initial: false,
    accepts: (value): value is boolean | number => typeof value === 'boolean' || percent.accepts(value),
    allowed: `true, false or ${percent.allowed} (percent)`,
  };
}

function words(initial: string): Spec<string> {
  const accepts = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 100;
  return { initial, accepts, allowed: 'a string of 1 to 100 characters' };
}

function whole(min: number, max: number, initial: number): Spec<number> {
  const accepts = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return { initial, accepts, allowed: `a whole number from ${min} to ${max}` };
}

function wholeOr<const W extends string>(word: W, min: number, max: number): Spec<number | W> {
  const number = whole(min, max, min);
  return {
    initial: word,
    accepts: (value): value is number | W => value === word || number.accepts(value),
    allowed: `"${word}" or ${number.allowed}`,
  };
}
