import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openwhisk from 'openwhisk';
import type { buildActions } from '../../build/build-actions.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type DeployClient, deployManifest } from '../../src/deploy/deploy-manifest.ts';
import type { Environment } from '../../src/deploy/environment.ts';
import type { HostReady } from './processes.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** An action that does nothing, to compare our actions with. */
export const EMPTY_ACTION = 'exports.main = async () => ({});\n';

/** Deploys the built bundles. It replaces those that are there already, so that they are cold again. */
export interface Deployer {
  /** @param isWanted - whether to replace an action. Default: all actions, packages and sequences are replaced. */
  deploy(isWanted?: (action: string) => boolean): Promise<void>;
  close(): Promise<void>;
}

export interface DeployerOptions {
  /** Multiplies the ledger's times (see `buildActions`). */
  readonly timeFactor?: number;
  /** The package's name; default: `cascade`. */
  readonly packageName?: string;
  /** Changes the manifest before it is deployed. */
  readonly manifestOf?: (manifest: string) => string;
  /** The folder with the sources of the actions, and with their manifest; default: this repository. */
  readonly sources?: string;
}

/** A client that replaces only some actions, and leaves everything else as it is. */
const onlyActions = (client: DeployClient, isWanted: (action: string) => boolean): DeployClient =>
  ({
    packages: { update: async () => undefined },
    actions: {
      update: async (options: { readonly name: string }) =>
        isWanted(options.name.split('/').at(-1) ?? '') ? client.actions.update(options as never) : undefined,
    },
  }) as unknown as DeployClient;

interface Builder {
  readonly buildActions: typeof buildActions;
}

/** Builds the bundles once, into a folder of their own. */
export async function deployerTo(
  host: Pick<HostReady, 'url' | 'auth'>,
  chains: CompiledChains,
  env: Environment,
  {
    timeFactor = 1,
    packageName = 'cascade',
    manifestOf = (manifest) => manifest,
    sources = REPOSITORY,
  }: DeployerOptions = {},
): Promise<Deployer> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-'));
  const manifest = manifestOf(await readFile(join(sources, 'manifest.yaml'), 'utf8'));
  const builder: Builder = await import(pathToFileURL(join(sources, 'build/build-actions.ts')).href);
  await builder.buildActions(chains, join(folder, 'dist'), { timeFactor });
  const manifestFile = join(folder, 'manifest.yaml');
  await writeFile(manifestFile, manifest.replace(/^ {4}cascade:$/m, `    ${packageName}:`));
  const client = openwhisk({ apihost: host.url, api_key: host.auth });
  return {
    async deploy(isWanted) {
      await deployManifest({
        manifestFile,
        env,
        client: isWanted === undefined ? client : onlyActions(client, isWanted),
      });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
