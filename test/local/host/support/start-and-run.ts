/**
 * A program for tests. It starts a host, prints a line when an activation is in its endless loop, and then closes the
 * host or stays.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startHost } from '../../../../local/host/start-host.ts';
import { until } from '../../../support/until.ts';
import { send } from './send.ts';
import { basic } from './use-host.ts';

const host = await startHost({ port: 0 });
const headers = { authorization: basic(host.auth), 'content-type': 'application/json' };
const url = `${host.url}/api/v1/namespaces/_/actions/a`;
const sign = path.join(os.tmpdir(), `looping-${process.pid}`);
// On Linux the process that it starts leaves the process group. The test finds it by the host's folder in its
// arguments.
const spawning = `require('child_process').spawn('sh', ['-c', 'sleep 1000; true', process.cwd()], { detached: true })`;
const code = `function main() {
  if (process.platform === 'linux') ${spawning};
  require('fs').writeFileSync(${JSON.stringify(sign)}, '');
  for (;;);
}`;
await send(url, { method: 'PUT', headers, body: JSON.stringify({ exec: { kind: 'nodejs:20', code } }) });
await send(url, { method: 'POST', headers, body: '{}' });
await until('the endless loop', () => existsSync(sign));
console.log('running');
if (process.argv[2] === 'close') await host.close();
