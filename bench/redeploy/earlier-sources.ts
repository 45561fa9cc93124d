import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The sources of an earlier commit in a folder of their own. */
export interface EarlierSources {
  readonly folder: string;
  close(): Promise<void>;
}

/**
 * Unpacks the sources of a commit into a temporary folder. They use the packages that are installed here.
 *
 * @param commit - a commit of this repository.
 * @throws Error if there is no git, or if the clone does not have the commit.
 */
export async function earlierSources(commit: string): Promise<EarlierSources> {
  const folder = await mkdtemp(join(tmpdir(), 'cascade-bench-earlier-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const archive = join(folder, 'sources.tar');
  try {
    await run('git', ['archive', '--output', archive, commit], { cwd: REPOSITORY });
    await run('tar', ['-xf', archive, '-C', folder]);
    await rm(archive);
    await symlink(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'), 'junction');
    return { folder, close };
  } catch (cause) {
    await close();
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new Error(
      `This benchmark also runs the actions of commit ${commit}, and could not unpack its sources: ${why}. It needs git, tar, and a clone with the whole history (git fetch --unshallow).`,
      { cause },
    );
  }
}
