/** Starts a host with one activation in an endless loop, says so, and closes it or stays. */
import { startHost } from '../../../../local/host/start-host.ts';
import { send } from './send.ts';

const host = await startHost({ port: 0, auth: 'a:b' });
const headers = { authorization: `Basic ${Buffer.from('a:b').toString('base64')}`, 'content-type': 'application/json' };
const url = `${host.url}/api/v1/namespaces/_/actions/a`;
const code = 'function main() { for (;;); }';
await send(url, { method: 'PUT', headers, body: JSON.stringify({ exec: { kind: 'nodejs:20', code } }) });
await send(url, { method: 'POST', headers, body: '{}' });
console.log('running');
if (process.argv[2] === 'close') await host.close();
