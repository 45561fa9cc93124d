import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface BundleRun {
  /** What `main` returned for each request. */
  readonly results: readonly unknown[];
  /** The activation log. */
  readonly log: string;
}

const RUNNER = `
const { main } = require(process.argv[1]);
let input = '';
process.stdin.on('data', (data) => { input += data; });
process.stdin.on('end', async () => {
  const results = [];
  for (const params of JSON.parse(input)) results.push(await main(params));
  process.stderr.write(JSON.stringify(results));
});`;

/** Runs a built action's `main` once for each request, in turn, in a process that has the platform's variables. */
export async function runBundle(file: string, requests: readonly object[]): Promise<BundleRun> {
  const child = spawn(process.execPath, ['-e', RUNNER, file], {
    env: {
      __OW_API_HOST: 'http://127.0.0.1:3233',
      __OW_ACTION_NAME: '/guest/cascade/chains',
      __OW_ACTIVATION_ID: 'act1',
    },
  });
  child.stdin.end(JSON.stringify(requests));
  const [log, results] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { results: JSON.parse(results) as unknown[], log };
}
