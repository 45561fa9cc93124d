import http from 'node:http';
import type { CouchPort, NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { TenantReady } from '../support/processes.ts';

const agent = new http.Agent({ keepAlive: true });

/**
 * Makes the ledger's writes for each step, and its POST, one after the other on connections that stay open: the event,
 * its order, the claim, the POST, what it started, the resolved event, the ended order with the app's last end. There
 * are no reads and no activations.
 *
 * @param round - a text that makes the ids of this round unique.
 * @returns how long it took, in ms.
 */
export async function bareSteps(
  tenant: TenantReady,
  port: CouchPort,
  apps: readonly AppRef[],
  round: string,
): Promise<number> {
  const startedAt = performance.now();
  for (const { appId } of apps) await bareStep(tenant, port, appId, `bare:${round}:${appId}`);
  return performance.now() - startedAt;
}

async function bareStep(tenant: TenantReady, port: CouchPort, appId: string, id: string): Promise<void> {
  const content = { schema: 1, appId, of: FILLER };
  const event = await put(port, { _id: `${id}:event`, ...content });
  const [order] = await bulk(port, [{ _id: `${id}:order`, ...content }]);
  await put(port, { _id: `${id}:event`, _rev: event, ...content, resolvedAt: 1 });
  const claim = await put(port, { _id: `${id}:order`, _rev: order ?? '', ...content, state: 'claimed' });
  await post(tenant, appId);
  const started: NewDocument = { _id: `${id}:started`, ...content };
  const [posted] = await bulk(port, [{ _id: `${id}:order`, _rev: claim, ...content, state: 'posted' }, started]);
  await put(port, { _id: `${id}:order`, _rev: posted ?? '', ...content, state: 'ended' });
  await bulk(port, [{ _id: `${id}:app`, ...content }]);
}

/** A text as long as the fields that our documents have beside ids. */
const FILLER = 'x'.repeat(300);

async function put(port: CouchPort, document: NewDocument): Promise<string> {
  const written = await port.put(document);
  if (written.kind !== 'stored') throw new Error(`${document._id} was not stored: ${written.kind}.`);
  return written.rev;
}

async function bulk(port: CouchPort, documents: readonly NewDocument[]): Promise<readonly string[]> {
  return (await port.bulk(documents)).map((written) => {
    if (written.kind !== 'stored') throw new Error(`A document was not stored: ${written.kind}.`);
    return written.rev;
  });
}

function post({ url, apiKey }: TenantReady, appId: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const request = http.request(`${url}/api/v1/reloads`, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 201) reject(new Error(`The tenant answered ${response.statusCode}.`));
      response.resume().on('end', resolve).on('error', reject);
    });
    request.on('error', reject).end(JSON.stringify({ appId }));
  });
}
