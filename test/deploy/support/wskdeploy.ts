import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface WskdeployRun {
  readonly code: number;
  /** The output on both streams. */
  readonly text: string;
}

export interface WskdeployOptions {
  /** The path of the program. */
  readonly wskdeploy: string;
  readonly apihost: string;
  readonly auth: string;
  /** The folder with manifest.yaml. */
  readonly folder: string;
  readonly command?: 'undeploy';
  /** The manifest's path; default: manifest.yaml. */
  readonly manifest?: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs wskdeploy itself, as a user may, with only these variables. */
export async function wskdeploy({ folder, env, ...options }: WskdeployOptions): Promise<WskdeployRun> {
  const props = join(folder, 'wskprops');
  await writeFile(props, `APIHOST=${options.apihost}\nAUTH=${options.auth}\nNAMESPACE=_\n`);
  const args = [...(options.command === undefined ? [] : [options.command]), '-m', options.manifest ?? 'manifest.yaml'];
  const given = { cwd: folder, env: { ...env, HOME: folder, WSK_CONFIG_FILE: props } };
  return new Promise((resolve) => {
    execFile(options.wskdeploy, args, given, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text: stdout + stderr }),
    );
  });
}
