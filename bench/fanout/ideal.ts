import type { Rig } from '../support/start-rig.ts';

/**
 * The least that a fan-out on this host needs, without our code. A web action invokes a second action once for each
 * app, all at the same time, by the host's REST API. The second action makes the one POST.
 */
const FIRES = `
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
function fire(appId) {
  const { __OW_API_HOST: host, __OW_API_KEY: key } = process.env;
  const headers = { authorization: 'Basic ' + Buffer.from(key).toString('base64'), 'content-type': 'application/json' };
  const url = host + '/api/v1/namespaces/_/actions/ideal/reload';
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => (response.statusCode === 202 ? resolve() : reject(new Error('not taken'))));
    });
    request.on('error', reject).end(JSON.stringify({ appId }));
  });
}
exports.main = async ({ appIds }) => {
  await Promise.all(appIds.map(fire));
  return { statusCode: 202 };
};
`;

const POSTS = `
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
exports.main = ({ appId, url, apiKey }) => new Promise((resolve, reject) => {
  const headers = { authorization: 'Bearer ' + apiKey, 'content-type': 'application/json' };
  const request = http.request(url + '/api/v1/reloads', { method: 'POST', agent, headers }, (response) => {
    response.resume().on('end', () => resolve({}));
  });
  request.on('error', reject).end(JSON.stringify({ appId }));
});
`;

/** Puts both actions on the rig's host, in a package called `ideal`. */
export async function putIdeal({ host, tenant }: Rig): Promise<void> {
  const authorization = `Basic ${Buffer.from(host.auth).toString('base64')}`;
  const put = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`${host.url}/api/v1/namespaces/_/${path}`, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The host answered ${response.status} to PUT ${path}: ${await response.text()}`);
  };
  const parameters = Object.entries({ url: tenant.url, apiKey: tenant.apiKey }).map(([key, value]) => ({ key, value }));
  const annotations = ['web-export', 'provide-api-key'].map((key) => ({ key, value: true }));
  await put('packages/ideal', {});
  await put('actions/ideal/invoker', { exec: { kind: 'nodejs:20', code: FIRES }, annotations });
  await put('actions/ideal/reload', { exec: { kind: 'nodejs:20', code: POSTS }, parameters });
}

/** Calls the web action for these apps. @returns the answer's status. */
export async function callIdeal({ host }: Rig, appIds: readonly string[]): Promise<number> {
  const response = await fetch(`${host.url}/api/v1/web/${host.namespace}/ideal/invoker`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appIds }),
  });
  await response.text();
  return response.status;
}
