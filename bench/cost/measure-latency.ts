import { setTimeout as pause } from 'node:timers/promises';
import type { CouchPort, NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { type Posted, postSigned } from '../ledger/post-signed.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import { median } from '../statistics.ts';
import { EMPTY_ACTION } from '../support/deploy-bundles.ts';
import { fanOutChains, targetOf, upstreamOf } from '../support/fan-out-chains.ts';
import { webhookBody } from '../support/webhook-body.ts';

const ROUNDS = 60;
const WARM_UP_ROUNDS = 10;
const OF_ITS_PARTS = 1.3;
/** What the webhook set off runs on after its 2xx: it must not share the processor with the next round. */
const BETWEEN_ROUNDS_MS = 250;

/** A warm webhook's answer, beside what it cannot do without: its round trips to the store, and three activations. */
export async function measureLatency(say: Say): Promise<readonly Figure[]> {
  const rig = await startLedgerRig({ chains: fanOutChains([1]), hasWebhook: false }, say);
  try {
    const bareUrl = await putBareSequence(rig);
    const port = couchPortOf(rig.store.settings);
    const taken = {
      follower: [] as number[],
      target: [] as number[],
      bare: [] as number[],
      four: [] as number[],
      three: [] as number[],
    };
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
      taken.follower.push(await webhookMs(rig, upstreamOf(1), `follower-${round}`));
      taken.target.push(await webhookMs(rig, targetOf(0), `target-${round}`));
      taken.bare.push(await answered(await postSigned(bareUrl, bodyOf(rig, targetOf(0), `bare-${round}`), rig.secret)));
      taken.four.push(await roundTrips(port, `four-${round}`, true));
      taken.three.push(await roundTrips(port, `three-${round}`, false));
    }
    say(`Medians of ${ROUNDS} rounds by turns, after ${WARM_UP_ROUNDS} to warm up.`);
    const of = (times: readonly number[]): number => median(times.slice(WARM_UP_ROUNDS));
    return [
      figureOf('webhook → 2xx with a follower', of(taken.follower), of(taken.four), of(taken.bare)),
      figureOf('webhook → 2xx of a target, nothing follows', of(taken.target), of(taken.three), of(taken.bare)),
    ];
  } finally {
    await rig.close();
  }
}

function figureOf(name: string, ours: number, tripsMs: number, bareMs: number): Figure {
  const value = tripsMs + bareMs;
  const peer = { name: `store ${tripsMs.toFixed(1)} + three bare activations ${bareMs.toFixed(1)}`, value };
  return { name, ours, unit: 'ms', peer, ratio: ours / value, bar: { atMost: OF_ITS_PARTS } };
}

/** A web sequence of three empty actions. @returns its address. */
async function putBareSequence({ host }: LedgerRig): Promise<string> {
  const put = async (path: string, body: object): Promise<void> => {
    const { status, json } = await host.rest('PUT', path, body);
    if (status !== 200) throw new Error(`The host answered ${status} to PUT ${path}: ${JSON.stringify(json)}`);
  };
  await put('packages/bare', {});
  const names = [1, 2, 3].map((number) => `bare/step${number}`);
  for (const name of names) await put(`actions/${name}`, { exec: { kind: 'nodejs:20', code: EMPTY_ACTION } });
  await put('actions/bare/three', {
    exec: { kind: 'sequence', components: names.map((name) => `/_/${name}`) },
    annotations: ['web-export', 'raw-http'].map((key) => ({ key, value: true })),
  });
  return host.webhookUrl.replace(/cascade\/webhook$/, 'bare/three');
}

const bodyOf = ({ tenant }: LedgerRig, app: AppRef, reloadId: string): string =>
  webhookBody(app, tenant.ready.tenantId, reloadId, new Date());

async function webhookMs(rig: LedgerRig, app: AppRef, reloadId: string): Promise<number> {
  return answered(await postSigned(rig.host.webhookUrl, bodyOf(rig, app, reloadId), rig.secret));
}

async function answered({ status, body, takenMs }: Posted): Promise<number> {
  if (status < 200 || status > 299) throw new Error(`The host answered ${status}: ${body}`);
  await pause(BETWEEN_ROUNDS_MS);
  return takenMs;
}

/** The requests of receiver, resolver and invoker, from here: no activation between them. @returns ms. */
async function roundTrips(port: CouchPort, id: string, hasOrder: boolean): Promise<number> {
  const event: NewDocument = { _id: `trips:${id}:event`, content: FILLER };
  const startedAt = performance.now();
  const written = await port.put(event);
  await port.many([`park:${id}`, `started:${id}`, `gate:${id}`]);
  if (hasOrder) await port.bulk([{ _id: `trips:${id}:order`, content: FILLER }]);
  if (written.kind === 'stored') await port.put({ ...event, _rev: written.rev, resolvedAt: 1 });
  return performance.now() - startedAt;
}

/** As long as what our documents have beside ids. */
const FILLER = 'x'.repeat(300);
