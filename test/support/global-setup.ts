import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { config } from 'chai';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const TOOLS = ['.tools/wskdeploy', '.tools/wsk', '.tools/promcheck'];

// With --parallel, mocha adds a listener for uncaught errors with each file that a process runs. Node would warn of so
// many.
process.setMaxListeners(0);
// chai's proxies find misspelt assertions at run time, and take a third of each assertion's time. The compiler finds
// the same mistakes earlier.
config.useProxy = false;

/**
 * Builds the tools once if Go is installed, so that `npm test` alone tries everything (see `requireTool`). It also
 * removes the settings of proxies from the environment. All servers of the tests are on this machine, and the OpenWhisk
 * client would use a proxy even for loopback.
 */
export function mochaGlobalSetup(): void {
  for (const name of Object.keys(process.env)) if (/^(https?_)?proxy$/i.test(name)) delete process.env[name];
  if (TOOLS.every((tool) => existsSync(`${repository}${tool}`))) return;
  if (spawnSync('go', ['version']).error !== undefined) return;
  console.error('Building wskdeploy, wsk and promcheck, once …');
  spawnSync('./build.sh', ['tools'], { cwd: repository, stdio: 'inherit' });
  const cwd = `${repository}tools/promcheck`;
  spawnSync('go', ['build', '-o', '../../.tools/promcheck', '.'], { cwd, stdio: 'inherit' });
}
