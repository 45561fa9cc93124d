import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type openwhisk from 'openwhisk';
import { deployFailed } from './deploy-failed.ts';
import type { Environment } from './environment.ts';
import { forLedger } from './for-ledger.ts';
import { planEntities } from './plan-entities.ts';
import { actionsOf, type Manifest, readManifest, readSchedule } from './read-manifest.ts';

/**
 * The part of the `openwhisk` client that deployment needs. Do not use the client's option `retry`: it repeats every
 * failure.
 */
export type DeployClient = Pick<openwhisk.Client, 'actions' | 'packages'>;

/** What to deploy, and by which client. */
export interface DeployOptions {
  readonly manifestFile: string;
  /** The variables that the manifest names. */
  readonly env: Environment;
  readonly client: DeployClient;
}

/**
 * Deploys a manifest as wskdeploy (OpenWhisk's own tool) does: first packages, then actions, then sequences. `npm
 * start` and tests deploy with it, so that nobody has to install wskdeploy for them.
 *
 * It creates each entity, or updates it. If the host refuses one, those before it stay deployed; deploy again when the
 * reason is gone. Without COUCHDB_URL, the actions that need a ledger (Cascade's memory in CouchDB) are left out.
 *
 * @returns the names of what was deployed, in the order of deployment.
 * @throws CascadeError DEPLOY_FAILED if the manifest is bad, a bundle is missing, or a required input is empty: then
 *   nothing was sent. Also if the host refuses an entity, or does not answer.
 */
export async function deployManifest({ manifestFile, env, client }: DeployOptions): Promise<readonly string[]> {
  const manifest = forLedger(await readManifest(manifestFile), isSet(env['COUCHDB_URL']));
  const plan = planEntities(manifest, { env, codeOf: await readCode(manifest, manifestFile) });
  const actions = [...plan.actions, ...plan.sequences];
  for (const { name, body } of plan.packages) {
    await send('package', name, client.packages.update({ name, package: { ...body } }));
  }
  for (const { name, body } of actions) {
    // A copy, because the client's types ask for arrays that may be changed. The client sends the object as it is.
    const action = structuredClone(body) as openwhisk.Action;
    await send('action', name, client.actions.update({ name, action }));
  }
  return [...plan.packages, ...actions].map(({ name }) => name);
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

async function readCode(manifest: Manifest, manifestFile: string): Promise<ReadonlyMap<string, string>> {
  const read = async (file: string): Promise<readonly [string, string]> => {
    const code = await readFile(resolve(dirname(manifestFile), file), 'utf8').catch((cause: unknown) => {
      throw deployFailed(`The manifest names ${file}, which cannot be read; run ./build.sh first.`, cause);
    });
    return [file, code];
  };
  return new Map(await Promise.all(actionsOf(manifest).map((action) => read(action.function))));
}

/** The part of the `openwhisk` client that a schedule needs. Do not use the client's option `retry`. */
export type ScheduleClient = Pick<openwhisk.Client, 'triggers' | 'feeds' | 'rules'>;

/**
 * Deploys the triggers and rules of a file, such as schedule.yaml, as wskdeploy does. They start actions at regular
 * times. The host must have OpenWhisk's package `alarms`. The function creates or updates each trigger, and makes the
 * feed that fires it anew. Then it creates or updates each rule, and enables it.
 *
 * @returns the names of the triggers and rules.
 * @throws CascadeError DEPLOY_FAILED for a bad file, or if the host refuses something or does not answer.
 */
export async function deploySchedule(options: {
  readonly scheduleFile: string;
  readonly client: ScheduleClient;
}): Promise<readonly string[]> {
  const { client, scheduleFile } = options;
  const { triggers, rules } = await readSchedule(scheduleFile);
  for (const [name, { feed, inputs }] of Object.entries(triggers)) {
    const params = Object.fromEntries(Object.entries(inputs).map(([key, { value }]) => [key, value]));
    const trigger = { annotations: [{ key: 'feed', value: feed }] };
    // This takes off the feed of an earlier deployment. It fails if there is none.
    await client.feeds.delete({ name: feed, trigger: name }).catch(() => undefined);
    await send('trigger', name, client.triggers.update({ name, trigger } as openwhisk.Options & { name: string }));
    await send('trigger', name, client.feeds.create({ name: feed, trigger: name, params }));
  }
  for (const [name, { trigger, action }] of Object.entries(rules)) {
    await send('rule', name, client.rules.update({ name, trigger, action }));
    await send('rule', name, client.rules.enable({ name }));
  }
  return [...Object.keys(triggers), ...Object.keys(rules)];
}

async function send(kind: string, name: string, call: Promise<unknown>): Promise<void> {
  await call.catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw deployFailed(`OpenWhisk did not take the ${kind} ${name}: ${why}`, cause);
  });
}
