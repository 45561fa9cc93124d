import { setTimeout as pause } from 'node:timers/promises';
import type { CouchPort, NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { couchPortOf } from '../ledger/create-orders.ts';
import { type Posted, postSigned } from '../ledger/post-signed.ts';
import { type LedgerRig, startLedgerRig } from '../ledger/start-ledger-rig.ts';
import type { Servers } from '../servers.ts';
import { median } from '../statistics.ts';
import { EMPTY_ACTION } from '../support/deploy-bundles.ts';
import { fanOutChains, targetOf, upstreamOf } from '../support/fan-out-chains.ts';
import { webhookBody } from '../support/webhook-body.ts';

const ROUNDS = 60;
const WARM_UP_ROUNDS = 10;
const OF_ITS_PARTS = 1.3;
/**
 * A pause between measurements. The work that a webhook set off goes on after its 2xx, and must not share the processor
 * with the next measurement.
 */
const BETWEEN_MS = 250;

/**
 * Measures a warm webhook's answer beside the parts that it cannot do without: its round trips to the store, and three
 * activations.
 */
export async function measureLatency(say: Say, servers: Servers): Promise<readonly Figure[]> {
  const rig = await startLedgerRig({ servers, chains: fanOutChains([1]), hasWebhook: false }, say);
  try {
    const urls = await putBareActions(rig);
    const port = couchPortOf(rig.store.settings);
    const rounds: Round[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
      rounds.push(await measureRound(rig, port, urls, String(round)));
    }
    say(`Medians of ${ROUNDS} rounds by turns, after ${WARM_UP_ROUNDS} to warm up.`);
    return figuresOf((of) => median(rounds.slice(WARM_UP_ROUNDS).map(of)));
  } finally {
    await rig.close();
  }
}

/** Times in ms. */
interface Round {
  /** The answer to a webhook of an app with a follower. `target` is the same for an app that is only a target. */
  readonly follower: number;
  readonly target: number;
  /** Three empty activations, one after the other. `sequence` is the web sequence of them. */
  readonly three: number;
  readonly sequence: number;
  /** The requests to the store of the webhook for `follower`; then of the one for `target`. */
  readonly followerTrips: number;
  readonly targetTrips: number;
}

async function measureRound(rig: LedgerRig, port: CouchPort, urls: BareUrls, round: string): Promise<Round> {
  const body = bodyOf(rig, targetOf(0), 'bare');
  const bare = (url: string) => async (): Promise<void> => checkTaken(await postSigned(url, body, rig.secret));
  const one = bare(urls.one);
  return {
    follower: await taken(() => webhook(rig, upstreamOf(1), `follower-${round}`)),
    target: await taken(() => webhook(rig, targetOf(0), `target-${round}`)),
    three: await taken(async () => {
      for (let activation = 0; activation < 3; activation += 1) await one();
    }),
    sequence: await taken(bare(urls.sequence)),
    followerTrips: await taken(() => roundTrips(port, `follower-${round}`, true)),
    targetTrips: await taken(() => roundTrips(port, `target-${round}`, false)),
  };
}

async function taken(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  const takenMs = performance.now() - startedAt;
  await pause(BETWEEN_MS);
  return takenMs;
}

function figuresOf(of: (value: (round: Round) => number) => number): readonly Figure[] {
  const three = of((round) => round.three);
  return [
    figureOf(
      'webhook → 2xx with a follower',
      of((round) => round.follower),
      of((round) => round.followerTrips),
      three,
    ),
    figureOf(
      'webhook → 2xx of a target',
      of((round) => round.target),
      of((round) => round.targetTrips),
      three,
    ),
    { name: 'a web sequence of three empty actions', ours: of((round) => round.sequence), unit: 'ms' },
  ];
}

function figureOf(name: string, ours: number, tripsMs: number, bareMs: number): Figure {
  const value = tripsMs + bareMs;
  const peer = { name: `store ${tripsMs.toFixed(1)} + three bare activations ${bareMs.toFixed(1)}`, value };
  return { name, ours, unit: 'ms', peer, ratio: ours / value, bar: { atMost: OF_ITS_PARTS } };
}

interface BareUrls {
  readonly one: string;
  readonly sequence: string;
}

/** Puts an empty web action on the host, and a web sequence of three. */
async function putBareActions({ host }: LedgerRig): Promise<BareUrls> {
  const put = async (path: string, body: object): Promise<void> => {
    const { status, json } = await host.rest('PUT', path, body);
    if (status !== 200) throw new Error(`The host answered ${status} to PUT ${path}: ${JSON.stringify(json)}`);
  };
  const bare = `${host.packageName}-bare`;
  await put(`packages/${bare}`, {});
  const names = [1, 2, 3].map((number) => `${bare}/step${number}`);
  const annotations = ['web-export', 'raw-http'].map((key) => ({ key, value: true }));
  const exec = { kind: 'nodejs:20', code: EMPTY_ACTION };
  for (const name of names) await put(`actions/${name}`, { exec, annotations });
  const components = names.map((name) => `/_/${name}`);
  await put(`actions/${bare}/three`, { exec: { kind: 'sequence', components }, annotations });
  const urlOf = (name: string): string => host.webhookUrl.replace(/[^/]+\/webhook$/, `${bare}/${name}`);
  return { one: urlOf('step1'), sequence: urlOf('three') };
}

const bodyOf = ({ tenant }: LedgerRig, app: AppRef, reloadId: string): string =>
  webhookBody(app, tenant.ready.tenantId, reloadId, new Date());

async function webhook(rig: LedgerRig, app: AppRef, reloadId: string): Promise<void> {
  checkTaken(await postSigned(rig.host.webhookUrl, bodyOf(rig, app, reloadId), rig.secret));
}

function checkTaken({ status, body }: Posted): void {
  if (status < 200 || status > 299) throw new Error(`The host answered ${status}: ${body}`);
}

/** Makes the requests of receiver, resolver and invoker from this process, with no activation between them. */
async function roundTrips(port: CouchPort, id: string, hasOrder: boolean): Promise<void> {
  const event: NewDocument = { _id: `trips:${id}:event`, content: FILLER };
  const written = await port.put(event);
  await port.many([`park:${id}`, `started:${id}`, `gate:${id}`]);
  if (hasOrder) await port.bulk([{ _id: `trips:${id}:order`, content: FILLER }]);
  if (written.kind === 'stored') await port.put({ ...event, _rev: written.rev, resolvedAt: 1 });
}

/** A text as long as the fields that our documents have beside ids. */
const FILLER = 'x'.repeat(300);
