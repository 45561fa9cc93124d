/*
 * `npm start` and tests deploy Cascade onto an OpenWhisk host without wskdeploy (OpenWhisk's own tool). This file works
 * out which calls of OpenWhisk's REST API wskdeploy would make for manifest.yaml. deploy-manifest.ts then makes them.
 */

import { definedFields } from '../core/defined-fields.ts';
import { deployFailed } from './deploy-failed.ts';
import type { Environment } from './environment.ts';
import { interpolate } from './interpolate.ts';
import {
  actionsOf,
  type Manifest,
  type ManifestAction,
  type ManifestPackage,
  type ManifestSequence,
} from './read-manifest.ts';

interface KeyValue {
  readonly key: string;
  readonly value: unknown;
}

/** The body of a package's PUT. */
export interface PackageBody {
  readonly version: string;
  readonly publish: false;
}

/** The body of an action's or a sequence's PUT. */
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
export interface PlannedEntity<Body> {
  readonly name: string;
  readonly body: Body;
}

/** The calls for a manifest, in their order: actions need their package, and sequences need their actions. */
export interface EntityPlan {
  readonly packages: readonly PlannedEntity<PackageBody>[];
  readonly actions: readonly PlannedEntity<ActionBody>[];
  readonly sequences: readonly PlannedEntity<ActionBody>[];
}

/** What a plan needs beside the manifest. */
export interface PlanInputs {
  readonly env: Environment;
  /** The code of every action, by the file name under `function:`. */
  readonly codeOf: ReadonlyMap<string, string>;
}

/**
 * Plans the PUTs that wskdeploy would send for `manifest`: with the same annotations, parameters and limits.
 *
 * @throws CascadeError DEPLOY_FAILED if required inputs are empty, or a sequence names an unknown action. The message
 *   names them.
 */
export function planEntities(manifest: Manifest, inputs: PlanInputs): EntityPlan {
  const packages = Object.entries(manifest.project.packages);
  refuseEmptyRequired(manifest, inputs.env);
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

function refuseEmptyRequired(manifest: Manifest, env: Environment): void {
  const empty = actionsOf(manifest)
    .flatMap(({ inputs = {} }) => Object.entries(inputs))
    .filter(([, input]) => input.required === true && interpolate(input.value, env) === '')
    .map(([name]) => name);
  if (empty.length === 0) return;
  throw deployFailed(
    `Settings that the manifest requires are missing or empty: ${empty.join(', ')}. Set them in the environment or in .env.`,
  );
}

function planAction(name: string, action: ManifestAction, { env, codeOf }: PlanInputs): PlannedEntity<ActionBody> {
  const { timeout, memorySize: memory, logSize: logs } = action.limits ?? {};
  const parameters = Object.entries(action.inputs ?? {}).map(([key, input]) => ({
    key,
    value: interpolate(input.value, env),
  }));
  return {
    name,
    body: {
      exec: { kind: action.runtime, code: codeOf.get(action.function) ?? '' },
      ...annotationsOf(action),
      // If there are no parameters, wskdeploy leaves the field out. The host then keeps the parameters of an earlier
      // deployment.
      ...(parameters.length > 0 && { parameters }),
      ...(action.limits !== undefined && { limits: definedFields({ timeout, memory, logs }) }),
      publish: false,
    },
  };
}

function planSequence(
  packageName: string,
  name: string,
  sequence: ManifestSequence,
  { actions = {} }: ManifestPackage,
): PlannedEntity<ActionBody> {
  const steps = sequence.actions.split(',').map((step) => step.trim());
  const unknown = steps.find((step) => !step.includes('/') && !Object.hasOwn(actions, step));
  if (unknown !== undefined) {
    throw deployFailed(`The sequence ${name} names ${unknown}, which the manifest does not deploy.`);
  }
  const components = steps.map((step) => `/_/${step.includes('/') ? step : `${packageName}/${step}`}`);
  return {
    name: `${packageName}/${name}`,
    body: { exec: { kind: 'sequence', components }, ...annotationsOf(sequence), publish: false },
  };
}

/**
 * If the manifest has `web:`, all three annotations are sent: the host keeps each annotation that a PUT does not have.
 */
function annotationsOf({
  annotations,
  web,
}: Pick<ManifestAction, 'annotations' | 'web'>): Pick<ActionBody, 'annotations'> {
  const exposure = { 'web-export': web !== false, 'raw-http': web === 'raw', final: web !== false };
  const all = Object.entries({ ...annotations, ...(web !== undefined && exposure) });
  return all.length === 0 ? {} : { annotations: all.map(([key, value]) => ({ key, value })) };
}
