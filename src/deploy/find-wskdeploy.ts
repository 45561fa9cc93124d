import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { CascadeError } from '../core/cascade-error.ts';

/**
 * The path of wskdeploy: the one that `./build.sh tools` built, else the first on `path`.
 *
 * @throws CascadeError DEPLOY_FAILED when there is none.
 */
export async function findWskdeploy(root: string, path: string): Promise<string> {
  const folders = [join(root, '.tools'), ...path.split(delimiter).filter((folder) => folder !== '')];
  for (const folder of folders) {
    const file = join(folder, 'wskdeploy');
    if (await isExecutable(file)) return file;
  }
  throw new CascadeError(
    'DEPLOY_FAILED',
    'wskdeploy is missing: build it with ./build.sh tools (needs Go), or put its release binary on PATH.',
  );
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
