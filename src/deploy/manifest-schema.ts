/** An action's input: wskdeploy's long form, with a string that may hold `${NAME}`. */
export interface ManifestInput {
  readonly type: 'string';
  readonly value: string;
  /** When true, deployment stops if the value is empty. */
  readonly required?: boolean;
}

/** `true`: a web action; `raw`: one that gets the body's bytes. */
export type ManifestWeb = boolean | 'raw';

type Annotations = Readonly<Record<string, boolean>>;

export interface ManifestAction {
  /** The bundle, relative to the manifest. */
  readonly function: string;
  readonly runtime: string;
  readonly web?: ManifestWeb;
  /** Milliseconds and MB. */
  readonly limits?: { readonly timeout?: number; readonly memorySize?: number; readonly logSize?: number };
  readonly annotations?: Annotations;
  readonly inputs?: Readonly<Record<string, ManifestInput>>;
}

export interface ManifestSequence {
  /** Names of actions of the same package, with commas between. */
  readonly actions: string;
  readonly web?: ManifestWeb;
  readonly annotations?: Annotations;
}

export interface ManifestPackage {
  readonly version: string;
  readonly license: string;
  readonly actions?: Readonly<Record<string, ManifestAction>>;
  readonly sequences?: Readonly<Record<string, ManifestSequence>>;
}

/** The part of wskdeploy's manifest that Cascade uses. */
export interface Manifest {
  readonly project: { readonly name: string; readonly packages: Readonly<Record<string, ManifestPackage>> };
}

export const string = { type: 'string', minLength: 1 };
const web = { enum: [true, false, 'raw'] };
const annotations = { type: 'object', additionalProperties: { type: 'boolean' } };
const count = { type: 'integer', minimum: 0 };

export const closed = (required: readonly string[], properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
export const mapOf = (additionalProperties: unknown) => ({ type: 'object', additionalProperties });

const input = closed(['type', 'value'], {
  type: { const: 'string' },
  value: { type: 'string' },
  required: { type: 'boolean' },
});
const limits = closed([], { timeout: count, memorySize: count, logSize: count });
const action = closed(['function', 'runtime'], {
  function: string,
  runtime: string,
  web,
  limits,
  annotations,
  inputs: mapOf(input),
});
const sequence = closed(['actions'], { actions: string, web, annotations });
const packageOf = closed(['version', 'license'], {
  version: string,
  license: string,
  actions: mapOf(action),
  sequences: mapOf(sequence),
});

/** JSON Schema of `Manifest`: closed, so that a key we would not deploy is never passed over. */
export const MANIFEST_SCHEMA = closed(['project'], {
  project: closed(['name', 'packages'], { name: string, packages: mapOf(packageOf) }),
});
