/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Parameters come from the call, the action and its package. This file decides which of them an action gets.
 */

import { overlay } from '../entities/entries.ts';
import type { EntityStore } from '../entities/store.ts';
import { type ActionEntity, type Entry, entryValue } from '../entities/types.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';

/**
 * The parameters that are bound to an action: its own, those of the package binding by which it was found, and those of
 * its package. If several have the same key, the first of these counts.
 */
export function boundParameters(action: ActionEntity, entities: EntityStore): readonly Entry[] {
  const [, packageName] = action.namespace.split('/');
  if (packageName === undefined) return action.parameters;
  // A built-in action is in a package of the host. The host's packages have no parameters.
  const isOwn = action.builtIn === undefined;
  const ofPackage = isOwn ? (entities.find('packages', packageName)?.parameters ?? []) : [];
  return overlay(overlay(ofPackage, action.through?.parameters ?? []), action.parameters);
}

/** Whether `payload` has a bound parameter although the action's annotation `final` forbids that. */
export function breaksFinal(action: ActionEntity, payload: HostObject, entities: EntityStore): boolean {
  if (entryValue(action.annotations, 'final') !== true) return false;
  return boundParameters(action, entities).some(({ key }) => Object.hasOwn(payload, key));
}

/**
 * What an activation (one run of an action) gets: parameters, and environment variables. A container takes `env` only
 * with `/init`, which loads the action's code.
 */
export interface Arguments {
  readonly params: Json;
  readonly env: Readonly<Record<string, string>>;
}

/** Merges the payload over the bound parameters. Parameters with `init` become environment variables. */
export function mergeArguments(bound: readonly Entry[], payload: Json): Arguments {
  // An array is the result of the previous step of a sequence. It is the whole argument of this step.
  if (!isHostObject(payload)) return { params: payload, env: {} };
  const merged = Object.entries({ ...valuesOf(bound), ...payload });
  const initKeys = new Set(bound.filter(({ init }) => init).map(({ key }) => key));
  const isInit = ([key]: readonly [string, Json]): boolean => initKeys.has(key);
  return {
    params: Object.fromEntries(merged.filter((entry) => !isInit(entry))),
    // In the environment, too, a value of the payload replaces the bound value (fact ow-env-07).
    env: Object.fromEntries(merged.filter(isInit).map(([key, value]) => [key, environmentText(value)])),
  };
}

/** Entries as an object. */
export const valuesOf = (entries: readonly Entry[]): HostObject =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

const environmentText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
