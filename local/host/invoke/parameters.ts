import { overlay } from '../entities/entries.ts';
import type { EntityStore } from '../entities/store.ts';
import { type ActionEntity, type Entry, entryValue } from '../entities/types.ts';
import { type HostObject, isHostObject, type Json } from '../json.ts';

/** The parameters bound to an action: its package's, under those of the binding it was found through, under its own. */
export function boundParameters(action: ActionEntity, entities: EntityStore): readonly Entry[] {
  const [, packageName] = action.namespace.split('/');
  if (packageName === undefined) return action.parameters;
  // A package of another namespace, which only a binding leads to, has no parameters: the host's own have none.
  const isOwn = action.builtIn === undefined;
  const ofPackage = isOwn ? (entities.find('packages', packageName)?.parameters ?? []) : [];
  return overlay(overlay(ofPackage, action.through?.parameters ?? []), action.parameters);
}

/** Whether `payload` names a bound parameter of an action whose parameters are final. */
export function breaksFinal(action: ActionEntity, payload: HostObject, entities: EntityStore): boolean {
  if (entryValue(action.annotations, 'final') !== true) return false;
  return boundParameters(action, entities).some(({ key }) => Object.hasOwn(payload, key));
}

/** What a run is given: `env` only counts for a container that is still to be initialised. */
export interface Arguments {
  readonly params: Json;
  readonly env: Readonly<Record<string, string>>;
}

/** Bound parameters under the payload, split into the action's parameters and its init parameters. */
export function mergeArguments(bound: readonly Entry[], payload: Json): Arguments {
  // An array is the whole argument of the next step: nothing is merged into it.
  if (!isHostObject(payload)) return { params: payload, env: {} };
  const merged: HostObject = { ...valuesOf(bound), ...payload };
  const initKeys = new Set(bound.filter(({ init }) => init === true).map(({ key }) => key));
  if (initKeys.size === 0) return { params: merged, env: {} };
  const entries = Object.entries(merged);
  // The value for the environment is taken from the merged ones: a payload's key replaces a bound secret there too.
  const env = entries.filter(([key]) => initKeys.has(key)).map(([key, value]) => [key, environmentText(value)]);
  return {
    params: Object.fromEntries(entries.filter(([key]) => !initKeys.has(key))),
    env: Object.fromEntries(env),
  };
}

/** Entries as an object. */
export const valuesOf = (entries: readonly Entry[]): HostObject =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

const environmentText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
