import { CascadeError } from '../core/cascade-error.ts';
import { visible } from '../core/visible.ts';
import { runWskdeploy } from './run-wskdeploy.ts';

// What `./build.sh deploy` and `./build.sh undeploy` run after their checks, in the folder of manifest.yaml and .env.
const command = process.argv.includes('undeploy') ? 'undeploy' : 'deploy';
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

try {
  const code = await runWskdeploy({
    command,
    root: process.cwd(),
    environment: process.env,
    insecure: process.argv.includes('--insecure'),
    print: (line) => console.log(visible(line)),
    signal: stopping.signal,
  });
  if (code !== 0) console.error(`Not ${command}ed: wskdeploy ended with exit code ${code}.`);
  process.exitCode = code === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof CascadeError)) throw error;
  for (const line of error.message.split('\n')) console.error(visible(line));
  process.exitCode = 1;
}
