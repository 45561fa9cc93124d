import type { ActivationResponse } from '../activations.ts';
import type { HostObject, Json } from '../json.ts';
import type { LimitsOfAction } from '../limits.ts';

/** A parameter or an annotation; `init` makes a parameter an environment variable. */
export interface Entry {
  readonly key: string;
  readonly value: Json;
  readonly init?: true;
}

/** What every entity has. */
export interface Named {
  readonly name: string;
  /** The namespace; for an action in a package `<ns>/<package>`. */
  readonly namespace: string;
  readonly version: string;
  /** Whether other namespaces may use it; only a package can be shared. */
  readonly publish: boolean;
  readonly annotations: readonly Entry[];
  readonly updated: number;
}

export interface Binding {
  readonly namespace: string;
  readonly name: string;
}

export interface PackageEntity extends Named {
  readonly type: 'packages';
  readonly parameters: readonly Entry[];
  /** The package that this one is a binding of; it adds its parameters to that one's. */
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
  /** New with every PUT: a container runs the code of one revision only. */
  readonly revision: string;
  /** What the host does in place of code; only actions of `whisk.system` have it. */
  readonly builtIn?: (params: HostObject) => ActivationResponse;
  /** The binding that led to the action; never stored. */
  readonly through?: PackageEntity;
}

export interface TriggerEntity extends Named {
  readonly type: 'triggers';
  readonly parameters: readonly Entry[];
}

/** A name with the path before it: `{ path: 'guest/pkg', name: 'act' }`. */
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
