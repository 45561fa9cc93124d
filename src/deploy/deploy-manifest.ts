import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type openwhisk from 'openwhisk';
import { CascadeError } from '../core/cascade-error.ts';
import type { Environment } from './environment.ts';
import type { Manifest } from './manifest-schema.ts';
import { type EntityPlan, planEntities } from './plan-entities.ts';
import { readManifest } from './read-manifest.ts';
import { sendEntity } from './send-entity.ts';

/** The part of the `openwhisk` client that deployment needs. Make it without `retry`: that one repeats every failure. */
export type DeployClient = Pick<openwhisk.Client, 'actions' | 'packages'>;

export interface DeployOptions {
  readonly manifestFile: string;
  /** The variables that the manifest names. */
  readonly env: Environment;
  readonly client: DeployClient;
}

/**
 * Deploys a manifest as wskdeploy does: packages, then actions, then sequences, each overwriting what is there. Nothing is
 * rolled back when the host refuses a part: run it again.
 *
 * @returns the names of what was deployed, in that order.
 * @throws CascadeError DEPLOY_FAILED, before anything is sent, for a bad manifest, a missing bundle or a required input
 *   that is empty; afterwards for what the host refuses.
 */
export async function deployManifest({ manifestFile, env, client }: DeployOptions): Promise<readonly string[]> {
  const manifest = await readManifest(manifestFile);
  const plan = planEntities(manifest, { env, codeOf: await readCode(manifest, manifestFile) });
  for (const { name, body } of plan.packages) {
    await sendEntity('package', name, () => client.packages.update({ name, package: { ...body } }));
  }
  for (const { name, body } of [...plan.actions, ...plan.sequences]) {
    // The client sends an object as it is: the whole body is ours, the typings want mutable arrays.
    const action = structuredClone(body) as openwhisk.Action;
    await sendEntity('action', name, () => client.actions.update({ name, action }));
  }
  return namesOf(plan);
}

/**
 * Deletes what a manifest names: sequences, then actions, then packages. What is not there is passed over.
 *
 * @throws CascadeError DEPLOY_FAILED for a bad manifest or what the host refuses, such as a package with foreign actions.
 */
export async function undeployManifest({ manifestFile, client }: Omit<DeployOptions, 'env'>): Promise<void> {
  const packages = Object.entries((await readManifest(manifestFile)).project.packages);
  const inPackages = (kind: 'sequences' | 'actions') =>
    packages.flatMap(([name, content]) => Object.keys(content[kind] ?? {}).map((entity) => `${name}/${entity}`));
  for (const name of [...inPackages('sequences'), ...inPackages('actions')]) {
    await sendEntity('action', name, () => client.actions.delete({ name }).catch(ignoreAbsent));
  }
  for (const [name] of packages) {
    await sendEntity('package', name, () => client.packages.delete({ name }).catch(ignoreAbsent));
  }
}

async function readCode(manifest: Manifest, manifestFile: string): Promise<ReadonlyMap<string, string>> {
  const files = Object.values(manifest.project.packages).flatMap(({ actions = {} }) =>
    Object.values(actions).map((action) => action.function),
  );
  const read = async (file: string): Promise<readonly [string, string]> => {
    try {
      return [file, await readFile(resolve(dirname(manifestFile), file), 'utf8')];
    } catch (cause) {
      throw new CascadeError(
        'DEPLOY_FAILED',
        `The manifest names ${file}, which cannot be read; run ./build.sh first.`,
        {
          cause,
        },
      );
    }
  };
  return new Map(await Promise.all(files.map(read)));
}

function ignoreAbsent(error: unknown): void {
  const absent = error instanceof Error && 'statusCode' in error && error.statusCode === 404;
  if (!absent) throw error;
}

const namesOf = ({ packages, actions, sequences }: EntityPlan): readonly string[] =>
  [...packages, ...actions, ...sequences].map(({ name }) => name);
