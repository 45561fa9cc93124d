import { CascadeError } from '../core/cascade-error.ts';
import type { Environment } from './environment.ts';
import { interpolate } from './interpolate.ts';
import type { Manifest, ManifestAction, ManifestPackage, ManifestSequence, ManifestWeb } from './manifest-schema.ts';

interface KeyValue {
  readonly key: string;
  readonly value: unknown;
}

/** What is PUT for a package. */
export interface PackageBody {
  readonly version: string;
  readonly publish: false;
}

/** What is PUT for an action or a sequence. */
export interface ActionBody {
  readonly exec:
    | { readonly kind: string; readonly code: string }
    | { readonly kind: 'sequence'; readonly components: readonly string[] };
  readonly annotations?: readonly KeyValue[];
  readonly parameters?: readonly KeyValue[];
  readonly limits?: { readonly timeout?: number; readonly memory?: number; readonly logs?: number };
  readonly publish: false;
}

/** One PUT: an entity's name (`package` or `package/action`) and its body. */
export interface PlannedEntities<Body> {
  readonly name: string;
  readonly body: Body;
}

/** Everything that a manifest deploys, in the order in which each kind depends on the one before. */
export interface EntityPlan {
  readonly packages: readonly PlannedEntities<PackageBody>[];
  readonly actions: readonly PlannedEntities<ActionBody>[];
  readonly sequences: readonly PlannedEntities<ActionBody>[];
}

/** What is needed beside the manifest. */
export interface PlanInputs {
  readonly env: Environment;
  /** The code of each action's file, by what `function:` says. */
  readonly codeOf: ReadonlyMap<string, string>;
}

/**
 * What wskdeploy would PUT for `manifest`: the same annotations, parameters and limits. Pure.
 *
 * @throws CascadeError DEPLOY_FAILED naming every required input that is empty, or a sequence's unknown action.
 */
export function planEntities(manifest: Manifest, inputs: PlanInputs): EntityPlan {
  const packages = Object.entries(manifest.project.packages);
  refuseEmptyRequired(packages, inputs.env);
  return {
    packages: packages.map(([name, { version }]) => ({ name, body: { version, publish: false } })),
    actions: packages.flatMap(([packageName, { actions = {} }]) =>
      Object.entries(actions).map(([name, action]) => planAction(`${packageName}/${name}`, action, inputs)),
    ),
    sequences: packages.flatMap(([packageName, content]) =>
      Object.entries(content.sequences ?? {}).map(([name, sequence]) =>
        planSequence(packageName, name, sequence, content),
      ),
    ),
  };
}

function refuseEmptyRequired(packages: readonly (readonly [string, ManifestPackage])[], env: Environment): void {
  const empty = packages
    .flatMap(([, { actions = {} }]) => Object.values(actions).flatMap(({ inputs = {} }) => Object.entries(inputs)))
    .filter(([, input]) => input.required === true && interpolate(input.value, env) === '')
    .map(([name]) => name);
  if (empty.length === 0) return;
  throw new CascadeError(
    'DEPLOY_FAILED',
    `Settings that the manifest requires are missing or empty: ${empty.join(', ')}. Set them in the environment or in .env.`,
  );
}

function planAction(name: string, action: ManifestAction, { env, codeOf }: PlanInputs): PlannedEntities<ActionBody> {
  const code = codeOf.get(action.function);
  if (code === undefined) throw new CascadeError('DEPLOY_FAILED', `No code was read for the action ${name}.`);
  const parameters = Object.entries(action.inputs ?? {}).map(([key, input]) => ({
    key,
    value: interpolate(input.value, env),
  }));
  return {
    name,
    body: {
      exec: { kind: action.runtime, code },
      ...annotationsOf(action),
      // wskdeploy leaves the field out when there is none; the host then keeps the parameters of an older deployment.
      ...(parameters.length > 0 && { parameters }),
      ...(action.limits !== undefined && { limits: limitsOf(action.limits) }),
      publish: false,
    },
  };
}

const limitsOf = ({ timeout, memorySize, logSize }: NonNullable<ManifestAction['limits']>) => ({
  ...(timeout !== undefined && { timeout }),
  ...(memorySize !== undefined && { memory: memorySize }),
  ...(logSize !== undefined && { logs: logSize }),
});

function planSequence(
  packageName: string,
  name: string,
  sequence: ManifestSequence,
  { actions = {} }: ManifestPackage,
): PlannedEntities<ActionBody> {
  const steps = sequence.actions.split(',').map((step) => step.trim());
  const unknown = steps.find((step) => !Object.hasOwn(actions, step));
  if (unknown !== undefined) {
    throw new CascadeError(
      'DEPLOY_FAILED',
      `The sequence ${name} names ${unknown}, which the manifest does not deploy.`,
    );
  }
  const components = steps.map((step) => `/_/${packageName}/${step}`);
  return {
    name: `${packageName}/${name}`,
    body: { exec: { kind: 'sequence', components }, ...annotationsOf(sequence), publish: false },
  };
}

function annotationsOf(of: Pick<ManifestAction, 'annotations' | 'web'>): Pick<ActionBody, 'annotations'> {
  const annotations = Object.entries({ ...of.annotations, ...webAnnotations(of.web) });
  return annotations.length === 0 ? {} : { annotations: annotations.map(([key, value]) => ({ key, value })) };
}

/** What `web:` becomes: all three are said each time, since the host merges annotations and never drops one. */
function webAnnotations(web: ManifestWeb | undefined): Readonly<Record<string, boolean>> {
  if (web === undefined) return {};
  return { 'web-export': web !== false, 'raw-http': web === 'raw', final: web !== false };
}
