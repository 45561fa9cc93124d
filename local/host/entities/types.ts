/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. These are the types of the host's entities: packages, actions, triggers and rules. (A rule says that a
 * trigger invokes an action.)
 */

import type { ActivationResponse } from '../activations.ts';
import type { HostObject, Json } from '../json.ts';
import type { LimitsOfAction } from '../limits.ts';

/** A parameter or an annotation. A parameter with `init` becomes an environment variable of the action. */
export interface Entry {
  readonly key: string;
  readonly value: Json;
  readonly init?: true;
}

/** What every entity has. */
export interface Named {
  readonly name: string;
  /** The namespace; for an action in a package, `<namespace>/<package>`. */
  readonly namespace: string;
  readonly version: string;
  /** Whether other namespaces may use the entity. That is possible only for a package. */
  readonly publish: boolean;
  readonly annotations: readonly Entry[];
  /** Epoch milliseconds. */
  readonly updated: number;
}

/** The package that a binding stands for. */
export interface Binding {
  readonly namespace: string;
  readonly name: string;
}

export interface PackageEntity extends Named {
  readonly type: 'packages';
  readonly parameters: readonly Entry[];
  /** Present if this is a package binding: another name for a package, with further parameters. */
  readonly binding?: Binding;
}

export type CodeExec = {
  readonly kind: string;
  readonly code: string;
  readonly binary: boolean;
  readonly main?: string;
};
export type SequenceExec = { readonly kind: 'sequence'; readonly components: readonly string[] };
export type Exec = CodeExec | SequenceExec;

export interface ActionEntity extends Named {
  readonly type: 'actions';
  readonly parameters: readonly Entry[];
  readonly exec: Exec;
  readonly limits: LimitsOfAction;
  /** Another text after each PUT. A container runs the code of one revision only. */
  readonly revision: string;
  /** The host's own function that does the action's work. Only actions of `whisk.system` have one. */
  readonly builtIn?: (params: HostObject) => ActivationResponse;
  /** The package binding by which the action was found. It is not stored. */
  readonly through?: PackageEntity;
}

export interface TriggerEntity extends Named {
  readonly type: 'triggers';
  readonly parameters: readonly Entry[];
}

/** The name of an entity, and the path before the name: `{ path: 'guest/pkg', name: 'act' }`. */
export interface EntityReference {
  readonly path: string;
  readonly name: string;
}

export interface RuleEntity extends Named {
  readonly type: 'rules';
  readonly trigger: EntityReference;
  readonly action: EntityReference;
  readonly status: 'active' | 'inactive';
}

export type Entity = PackageEntity | ActionEntity | TriggerEntity | RuleEntity;
export type EntityType = Entity['type'];
export type EntityOf<T extends EntityType> = Extract<Entity, { readonly type: T }>;

/** The value of the annotation or parameter `key`. */
export const entryValue = (entries: readonly Entry[], key: string): Json | undefined =>
  entries.find((entry) => entry.key === key)?.value;

export const isSequence = (exec: Exec): exec is SequenceExec => exec.kind === 'sequence';
