import { parseArgs } from 'node:util';
import { CascadeError } from '../core/cascade-error.ts';
import { visible } from '../core/visible.ts';
import { runWskdeploy } from './run-wskdeploy.ts';

// `./build.sh deploy` and `./build.sh undeploy` run this program after their checks, in the folder of manifest.yaml and
// .env. It reads its arguments, deploys or undeploys Cascade, and exits with 0, 1 (failed) or 2 (unknown tenant).
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { insecure: { type: 'boolean' }, 'tenant-moved': { type: 'string', multiple: true } },
});
const command = positionals.includes('undeploy') ? 'undeploy' : 'deploy';
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

try {
  const code = await runWskdeploy({
    command,
    root: process.cwd(),
    environment: process.env,
    insecure: values.insecure === true,
    tenantsMoved: values['tenant-moved'] ?? [],
    print: (line) => console.log(visible(line)),
    signal: stopping.signal,
  });
  if (code !== 0) console.error(`Not ${command}ed: wskdeploy ended with exit code ${code}.`);
  process.exitCode = code === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof CascadeError)) throw error;
  for (const line of error.message.split('\n')) console.error(visible(line));
  process.exitCode = error.code === 'PARAMETERS_INVALID' ? 2 : 1;
}
