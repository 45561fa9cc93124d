/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Nobody could check
 * some of Qlik's behaviour on a real tenant. A switch chooses between the possible ways, so that tests can try each.
 */

import { badRequest } from './http/answer.ts';
import { isObject } from './http/call.ts';
import { parserOf, type Schema, wholeNumber } from './http/schema.ts';
import { SPACE_ROLES } from './spaces.ts';

/** One switch: its value at the start, and the values that it can have. */
interface Spec<T> {
  readonly initial: T;
  readonly schema: Schema;
}

/** The forms in which the tenant can send an event. */
const FORMS = ['cloudevents', 'hybrid', 'legacy'] as const;
export type Form = (typeof FORMS)[number];

/** One form for all webhooks; or a form for each webhook's id, and under `default` the form for the other webhooks. */
const FORM: Spec<Form | Readonly<Record<string, Form>>> = {
  initial: 'cloudevents',
  schema: {
    anyOf: [{ enum: FORMS }, { type: 'object', additionalProperties: { enum: FORMS } }],
    description: `${FORMS.join(' or ')}, or an object that has one for each webhook's id and for "default"`,
  },
};

/** How often something happens: never, always, or in this many of a hundred cases. */
const CHANCE: Spec<boolean | number> = {
  initial: false,
  schema: {
    anyOf: [{ type: 'boolean' }, wholeNumber(1, 99)],
    description: 'true, false or a whole number from 1 to 99 (percent)',
  },
};

/** Which roles let a user reload the apps of a managed space. */
const ROLES: Spec<readonly string[]> = {
  initial: ['owner', 'facilitator', 'operator'],
  schema: { type: 'array', items: { enum: ['owner', ...SPACE_ROLES] } },
};

const REASON: Spec<string> = {
  initial: 'DELIVERY-FAILURES',
  schema: { type: 'string', minLength: 1, maxLength: 100 },
};

/**
 * All switches; docs/simulated-tenant.md explains each. Most are about behaviour that nobody could check on a real
 * tenant; their names are those in the list of facts (`q-unknown-…`). Others, such as `api.…` and
 * `reloads.concurrency`, are settings of the simulation.
 */
const SPECS = {
  'api.latencyMs': whole(0, 60_000, 0),
  'api.reloadsPer5Min': whole(1, 1_000_000, 250),
  'api.tier1Per5Min': whole(1, 1_000_000, 5_000),
  'api.tier2Per5Min': whole(1, 1_000_000, 500),
  'clock.patienceMs': whole(1, 600_000, 2_000),
  'page.movesClock': oneOf(true, false),
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
  'spaces.managedReloadRoles': ROLES,
  'oauth.maxTokens': wholeOr('unlimited', 0, 1_000_000),
  'events.status': oneOf('present', 'absent'),
  'delivery.form': FORM,
  'delivery.contentType': oneOf('application/json', 'application/cloudevents+json'),
  'delivery.timeoutMs': whole(1, 600_000, 10_000),
  'delivery.attempts': whole(1, 100, 1),
  'delivery.backoffMs': whole(0, 86_400_000, 60_000),
  'delivery.duplicate': CHANCE,
  'delivery.reorder': CHANCE,
  'delivery.drop': CHANCE,
  'delivery.delayMs': whole(0, 86_400_000, 0),
  'webhook.disableAfter': wholeOr('off', 1, 1_000_000),
  'webhook.disabledReasonCode': REASON,
  'webhook.quotaUser': whole(1, 1_000_000, 150),
  'webhook.quotaTenant': wholeOr('unlimited', 1, 1_000_000),
  'webhook.readOnlyChange': oneOf(409, 400),
  'webhook.allowLoopback': oneOf(true, false),
} as const;

type Specs = typeof SPECS;
export type SwitchName = keyof Specs;
export type SwitchValue<N extends SwitchName> = Specs[N]['initial'];

const parseChanges = parserOf<Readonly<Record<string, unknown>>>('The body', {
  type: 'object',
  properties: Object.fromEntries(Object.entries(SPECS).map(([name, { schema }]) => [name, schema])),
});

/** The switches with their present values. */
export class Switches {
  #values: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(SPECS).map(([name, { initial }]) => [name, initial]),
  );

  /** The present value of one switch. */
  get<N extends SwitchName>(name: N): SwitchValue<N> {
    return this.#values[name] as SwitchValue<N>;
  }

  /** All switches by name. */
  all(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  /**
   * Sets the switches that `changes` names. @throws Refusal 400 for an unknown name or value: then no switch is
   * changed.
   */
  merge(changes: unknown): void {
    refuseUnknown(changes);
    const given = Object.entries(parseChanges(changes)).filter(([, value]) => value !== undefined);
    this.#values = { ...this.#values, ...Object.fromEntries(given) };
  }
}

/** @throws Refusal 400 if `changes` names a switch that does not exist */
function refuseUnknown(changes: unknown): void {
  const known = Object.keys(SPECS);
  const unknown = isObject(changes) ? Object.keys(changes).find((name) => !known.includes(name)) : undefined;
  if (unknown === undefined) return;
  throw badRequest(`There is no switch ${JSON.stringify(unknown)}. The switches are: ${known.join(', ')}.`);
}

/** A switch that has one of these values; at first, the first one. */
function oneOf<const T extends string | number | boolean>(initial: T, ...others: T[]): Spec<T> {
  return { initial, schema: { enum: [initial, ...others] } };
}

function whole(min: number, max: number, initial: number): Spec<number> {
  return { initial, schema: wholeNumber(min, max) };
}

/** A switch that is a word at first, and can be set to a whole number. */
function wholeOr<const W extends string>(word: W, min: number, max: number): Spec<number | W> {
  const number = wholeNumber(min, max);
  const description = `"${word}" or ${number.description}`;
  return { initial: word, schema: { anyOf: [{ const: word }, number], description } };
}
