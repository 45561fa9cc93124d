/*
 * Reads the files that say what to deploy onto OpenWhisk: manifest.yaml (actions and sequences), schedule.yaml (when
 * some of them start) and questions.yaml (both, for the questions of Stack Exchange). They are written for wskdeploy,
 * OpenWhisk's own tool. Cascade reads them itself, because `npm start` deploys without wskdeploy, and because
 * `./build.sh deploy` must know what they name.
 */

import { readFile } from 'node:fs/promises';
import { Ajv, type ErrorObject } from 'ajv';
import { parseDocument } from 'yaml';
import { deployFailed } from './deploy-failed.ts';

/** An action's input: wskdeploy's long form, with a string that may hold `${NAME}`. */
export interface ManifestInput {
  readonly type: 'string';
  readonly value: string;
  /** If true, deployment fails if the value is empty. */
  readonly required?: boolean;
}

/** `true`: a web action; `raw`: a web action that gets the request's body unparsed. */
export type ManifestWeb = boolean | 'raw';

type Annotations = Readonly<Record<string, boolean>>;

/** An action in the manifest. */
export interface ManifestAction {
  /** The bundle, relative to the manifest. */
  readonly function: string;
  readonly runtime: string;
  readonly web?: ManifestWeb;
  /** `timeout` in milliseconds, the sizes in MB. */
  readonly limits?: { readonly timeout?: number; readonly memorySize?: number; readonly logSize?: number };
  readonly annotations?: Annotations;
  readonly inputs?: Readonly<Record<string, ManifestInput>>;
}

/** A sequence of actions in the manifest. */
export interface ManifestSequence {
  /** Names of actions with commas between: of the same package, or `package/action`. */
  readonly actions: string;
  readonly web?: ManifestWeb;
  readonly annotations?: Annotations;
}

/** A package in the manifest, with its actions and sequences. */
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

/** A file for wskdeploy: packages, and triggers and rules, which are under the package `default`. */
interface ManifestFile {
  readonly project: {
    readonly name: string;
    readonly packages: { readonly default?: Schedule } & Manifest['project']['packages'];
  };
}

/** A trigger, and the feed that fires it. A feed is an action of OpenWhisk, such as an alarm. */
export interface ScheduleTrigger {
  /** `/namespace/package/feed` */
  readonly feed: string;
  readonly inputs: Readonly<Record<string, { readonly type: 'integer'; readonly value: number }>>;
}

/** A rule in the schedule: which trigger fires which action. */
export interface ScheduleRule {
  readonly trigger: string;
  /** `package/action` */
  readonly action: string;
}

/**
 * Triggers and rules. On the host they are in no package; wskdeploy wants them under a package `default` in the file.
 */
export interface Schedule {
  readonly triggers: Readonly<Record<string, ScheduleTrigger>>;
  readonly rules: Readonly<Record<string, ScheduleRule>>;
}

// The schemas are closed: a key that Cascade would not deploy is refused, not ignored.
const string = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0 };
const closed = (required: readonly string[], properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const mapOf = (additionalProperties: unknown) => ({ type: 'object', additionalProperties });
const exposure = { web: { enum: [true, false, 'raw'] }, annotations: mapOf({ type: 'boolean' }) };
const action = closed(['function', 'runtime'], {
  function: string,
  runtime: string,
  ...exposure,
  limits: closed([], { timeout: count, memorySize: count, logSize: count }),
  inputs: mapOf(
    closed(['type', 'value'], { type: { const: 'string' }, value: { type: 'string' }, required: { type: 'boolean' } }),
  ),
});
const manifestPackage = closed(['version', 'license'], {
  version: string,
  license: string,
  actions: mapOf(action),
  sequences: mapOf(closed(['actions'], { actions: string, ...exposure })),
});
const trigger = closed(['feed', 'inputs'], {
  feed: string,
  inputs: mapOf(closed(['type', 'value'], { type: { const: 'integer' }, value: count })),
});
const scheduled = closed(['triggers', 'rules'], {
  triggers: mapOf(trigger),
  rules: mapOf(closed(['trigger', 'action'], { trigger: string, action: string })),
});

const ajv = new Ajv();
const packages = { type: 'object', properties: { default: scheduled }, additionalProperties: manifestPackage };
const isManifestFile = ajv.compile<ManifestFile>(
  closed(['project'], { project: closed(['name', 'packages'], { name: string, packages }) }),
);

/** The actions of all packages. */
export const actionsOf = ({ project }: Manifest): readonly ManifestAction[] =>
  Object.values(project.packages).flatMap(({ actions = {} }) => Object.values(actions));

/**
 * Reads the packages of a wskdeploy manifest, without its triggers and rules.
 *
 * @throws CascadeError DEPLOY_FAILED if the file cannot be read, is not YAML, or is not a manifest that Cascade can
 *   deploy.
 */
export async function readManifest(file: string): Promise<Manifest> {
  const { name, packages } = (await readManifestFile(file)).project;
  const { default: _, ...others } = packages;
  return { project: { name, packages: others } };
}

/**
 * Reads the triggers and rules of a wskdeploy manifest.
 *
 * @throws CascadeError DEPLOY_FAILED as `readManifest`.
 */
export async function readSchedule(file: string): Promise<Schedule> {
  return (await readManifestFile(file)).project.packages.default ?? { triggers: {}, rules: {} };
}

async function readManifestFile(file: string): Promise<ManifestFile> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw deployFailed(`Cannot read the manifest ${file}: ${String(cause)}`, cause);
  });
  const document = parseDocument(text);
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw deployFailed(`${file} is not YAML: ${syntaxError.message}`);

  const content: unknown = document.toJS();
  if (isManifestFile(content)) return content;
  const problem = (isManifestFile.errors ?? []).slice(0, 1).map(describe).join('');
  throw deployFailed(
    `${file} is not a manifest that Cascade can deploy${problem}. Use wskdeploy itself for other keys.`,
  );
}

function describe({ instancePath, message, params }: ErrorObject): string {
  const at = instancePath === '' ? 'at the top' : `at ${instancePath.slice(1)}`;
  const key = 'additionalProperty' in params ? `: ${String(params['additionalProperty'])}` : '';
  const allowed = 'allowedValues' in params ? ` (${JSON.stringify(params['allowedValues'])})` : '';
  return `: ${at}, it ${message}${key}${allowed}`;
}
