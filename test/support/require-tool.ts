import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Returns the path of a tool that `./build.sh tools` builds. If the tool is not there, it skips the calling test or
 * suite with a message. If `CI` is set it fails instead, so that a green run has tried everything.
 *
 * @param context - `this` of the mocha hook or test.
 */
export function requireTool(context: Mocha.Context, name: 'wskdeploy' | 'wsk' | 'promcheck'): string {
  const path = fileURLToPath(new URL(`../../.tools/${name}`, import.meta.url));
  try {
    accessSync(path, constants.X_OK);
  } catch {
    const missing = `.tools/${name} is missing: install Go, and npm test builds it`;
    if (process.env['CI']) throw new Error(missing);
    console.error(`SKIPPED, ${missing}.`);
    context.skip();
  }
  return path;
}
