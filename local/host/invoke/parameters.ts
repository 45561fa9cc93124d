import { overlay } from '../entities/entries.ts';
import type { EntityStore } from '../entities/store.ts';
import { type ActionEntity, type Entry, entryValue } from '../entities/types.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';

/**
 * The parameters bound to an action: its own win over those of the binding that led to it, and these over its
 * package's.
 */
export function boundParameters(action: ActionEntity, entities: EntityStore): readonly Entry[] {
  const [, packageName] = action.namespace.split('/');
  if (packageName === undefined) return action.parameters;
  // A built-in action is in a package of the host, and those have no parameters.
  const isOwn = action.builtIn === undefined;
  const ofPackage = isOwn ? (entities.find('packages', packageName)?.parameters ?? []) : [];
  return overlay(overlay(ofPackage, action.through?.parameters ?? []), action.parameters);
}

/** Whether `payload` names a bound parameter of an action whose parameters are final. */
export function breaksFinal(action: ActionEntity, payload: HostObject, entities: EntityStore): boolean {
  if (entryValue(action.annotations, 'final') !== true) return false;
  return boundParameters(action, entities).some(({ key }) => Object.hasOwn(payload, key));
}

/** What an activation gets. Only a container that is not initialised yet takes `env`. */
export interface Arguments {
  readonly params: Json;
  readonly env: Readonly<Record<string, string>>;
}

/** Merges the payload over the bound parameters, and separates the action's parameters from its init parameters. */
export function mergeArguments(bound: readonly Entry[], payload: Json): Arguments {
  // An array is the result of the step before, and the whole argument of this one.
  if (!isHostObject(payload)) return { params: payload, env: {} };
  const merged = Object.entries({ ...valuesOf(bound), ...payload });
  const initKeys = new Set(bound.filter(({ init }) => init).map(({ key }) => key));
  const isInit = ([key]: readonly [string, Json]): boolean => initKeys.has(key);
  return {
    params: Object.fromEntries(merged.filter((entry) => !isInit(entry))),
    // From the merged values: in the environment, too, a payload's key replaces a bound one (facts, ow-env-07).
    env: Object.fromEntries(merged.filter(isInit).map(([key, value]) => [key, environmentText(value)])),
  };
}

/** Entries as an object. */
export const valuesOf = (entries: readonly Entry[]): HostObject =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

const environmentText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
