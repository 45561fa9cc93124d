import http from 'node:http';
import type { TenantReady } from '../support/processes.ts';

const agent = new http.Agent({ keepAlive: true });

/**
 * Reloads one app after the other, as the paper's invoker did. Each POST waits for the answer to the one before, on one
 * connection that stays open.
 *
 * @returns when the first call was made, in epoch ms with fractions.
 */
export async function sequentialLoop({ url, apiKey }: TenantReady, appIds: readonly string[]): Promise<number> {
  const startedAt = performance.timeOrigin + performance.now();
  for (const appId of appIds) await post(`${url}/api/v1/reloads`, apiKey, JSON.stringify({ appId }));
  return startedAt;
}

/**
 * Makes the same POSTs all at once, straight to the tenant, as a fan-out without OpenWhisk. @returns the same as the
 * loop.
 */
export async function straightPosts({ url, apiKey }: TenantReady, appIds: readonly string[]): Promise<number> {
  const startedAt = performance.timeOrigin + performance.now();
  await Promise.all(appIds.map((appId) => post(`${url}/api/v1/reloads`, apiKey, JSON.stringify({ appId }))));
  return startedAt;
}

function post(url: string, apiKey: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', resolve).on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}
