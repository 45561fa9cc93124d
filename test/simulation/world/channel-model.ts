import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { Channel, ChannelAnswer, ChannelPort } from '../../../src/clients/outbound/channel-port.ts';
import type { ChannelName } from '../../../src/core/desk/notice.ts';
import type { Activation } from './activation.ts';
import type { FaultName } from './faults.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';

interface ChannelWorld {
  readonly strikes: (fault: FaultName) => boolean;
  readonly random: Random;
  readonly trace: Trace;
  /** World time. */
  readonly now: () => number;
  readonly violate: (kind: string, message: string) => void;
  /** Whether a channel gives no answer now, and gets nothing. */
  readonly isDown: (channel: string) => boolean;
}

/** What came of the notices that were owed to one channel. */
export interface ChannelTally {
  readonly once: number;
  readonly again: number;
  readonly never: number;
}

/** A notice as a channel got it. */
interface Delivery {
  readonly by: Activation;
  readonly at: number;
  /** Whether the notifier was to hear of it. */
  readonly isAnswered: boolean;
}

/** What an app owes to one channel. */
interface Owed {
  readonly key: string;
  readonly deliveries: Delivery[];
  /** Whether the app owes it no more. */
  isSettled: boolean;
}

/** A notifier's time-out, and the time for which it leases what it sends. */
const TIMEOUT_MS = 10_000;
const LEASE_MS = 60_000;
/** The store's clock shows whole seconds. */
const MINUTE_MS = 58_000;
const MOST_IN_A_MINUTE = 5;

const BOTS = ['default', 'ops'].map(
  (name): Channel => ({
    ...{ name: name as ChannelName, url: `https://bots.example/${name}`, secret: 'whsec_AAAA' },
  }),
);

/**
 * Two bots that hear of every app, and what must hold of what they hear: what is owed comes, nothing else comes, it comes in
 * its order and not too often, and it comes again only if the notifier could not know that it had come.
 */
export class ChannelModel {
  readonly channels = BOTS;
  readonly names = BOTS.map(({ name }) => name);
  /** By the app's document and the channel, in the order in which it was owed. */
  readonly #owed = new Map<string, Owed[]>();
  /** By channel: when messages came. */
  readonly #came = new Map<string, number[]>();
  readonly #world: ChannelWorld;

  constructor(world: ChannelWorld) {
    this.#world = world;
  }

  /** Whether another notifier gets the same documents, and how much later, ms. */
  another(): number | undefined {
    return this.#world.strikes('two-notifiers') ? this.#world.random.between(0, 10_000) : undefined;
  }

  /** An activation's way to the channels. */
  port(activation: Activation): ChannelPort {
    return {
      toSlack: () => Promise.reject(new Error('There is no channel of Slack’s here.')),
      toBot: ({ name }, id, { notices }) => {
        const effect = () => ({
          value: this.#receive(
            activation,
            name,
            id,
            notices.map((notice) => notice.id),
          ),
        });
        const onTimeout = () => ({ value: SILENT });
        if (this.#world.isDown(name)) {
          this.#world.trace.add(activation.label, 'channel.silent', name);
          return activation.call({ effect: onTimeout, onTimeout, timeoutMs: TIMEOUT_MS, isWrite: true, ...NO_ANSWER });
        }
        const slow = this.#world.strikes('channel-slow') && { sendMs: this.#world.random.between(1_000, 9_000) };
        return activation.call({ effect, onTimeout, timeoutMs: TIMEOUT_MS, isWrite: true, ...slow });
      },
    };
  }

  #receive(by: Activation, channel: string, id: string, notices: readonly string[]): ChannelAnswer {
    const { strikes, trace } = this.#world;
    const answer = this.#refusal();
    const isLost = strikes('channel-answer-lost');
    if (answer === undefined) this.#deliver(by, channel, notices, !isLost);
    trace.add(by.label, 'channel.post', channel, {
      after: { id, notices, answer: isLost ? 'lost' : (answer?.kind ?? 'taken') },
    });
    return isLost ? SILENT : (answer ?? { kind: 'taken', message: 'it answered 200' });
  }

  #refusal(): ChannelAnswer | undefined {
    const { strikes } = this.#world;
    if (strikes('channel-busy')) return { kind: 'busy', message: 'it answered 503' };
    if (strikes('channel-limited')) return { kind: 'busy', message: 'it answered 429', retryAfter: 30_000 as never };
    if (strikes('channel-wrong')) return { kind: 'wrong', message: 'it answered 404' };
    return undefined;
  }

  #deliver(by: Activation, channel: string, notices: readonly string[], isAnswered: boolean): void {
    const { now, violate } = this.#world;
    const came = [...(this.#came.get(channel) ?? []), now()].slice(-MOST_IN_A_MINUTE - 1);
    this.#came.set(channel, came);
    if (came.length > MOST_IN_A_MINUTE && now() - Number(came[0]) < MINUTE_MS) {
      violate('channel-flooded', `${channel} got ${came.length} messages in a minute`);
    }
    for (const notice of notices.filter((one) => one.startsWith('app:'))) {
      const [document = ''] = notice.split('/');
      const ofApp = this.#owed.get(`${document} ${channel}`) ?? [];
      const owed = ofApp.find(({ key }) => key === notice);
      const problem = owed === undefined ? 'was never owed' : this.#problemOf(owed, ofApp);
      if (problem !== undefined) violate('notice', `${notice} came to ${channel} from ${by.label}, and ${problem}`);
      owed?.deliveries.push({ by, at: now(), isAnswered });
    }
  }

  #problemOf({ key, deliveries, isSettled }: Owed, ofApp: readonly Owed[]): string | undefined {
    if (isSettled) return 'was settled before';
    const before = ofApp.slice(
      0,
      ofApp.findIndex((one) => one.key === key),
    );
    const overtaken = before.find((one) => one.deliveries.length === 0);
    if (overtaken !== undefined) return `had overtaken ${overtaken.key}`;
    const last = deliveries.at(-1);
    if (last === undefined || !last.isAnswered || last.by.isDead) return undefined;
    return this.#world.now() - last.at < LEASE_MS ? `had come from ${last.by.label}, which was still at it` : undefined;
  }

  /** Told of each write of an app. */
  written(after: StoredDocument): void {
    const notices = after['notices'] as readonly { readonly id: string; readonly to: readonly string[] }[] | undefined;
    for (const channel of this.names) {
      const list = this.#owed.get(`${after._id} ${channel}`) ?? [];
      const open = new Set(
        (notices ?? []).flatMap(({ id, to }) => (to.includes(channel) ? [`${after._id}/${id}`] : [])),
      );
      for (const owed of list.filter(({ key, isSettled }) => !isSettled && !open.has(key))) {
        owed.isSettled = true;
        if (owed.deliveries.length === 0) this.#world.violate('notice', `${owed.key} never came to ${channel}`);
      }
      const known = new Set(list.map(({ key }) => key));
      const fresh = [...open].filter((key) => !known.has(key));
      list.push(...fresh.map((key): Owed => ({ key, deliveries: [], isSettled: false })));
      this.#owed.set(`${after._id} ${channel}`, list);
    }
  }

  /** How often the notices of apps came that were owed to a channel. */
  tally(channel: string): ChannelTally {
    const owed = [...this.#owed].flatMap(([key, each]) => (key.endsWith(` ${channel}`) ? each : []));
    const count = (isSuch: (times: number) => boolean): number =>
      owed.filter(({ deliveries }) => isSuch(deliveries.length)).length;
    return {
      once: count((times) => times === 1),
      again: count((times) => times > 1),
      never: count((times) => times === 0),
    };
  }

  /** How many notices came to any channel. */
  get delivered(): number {
    return [...this.#owed.values()].flat().filter(({ deliveries }) => deliveries.length > 0).length;
  }
}

/** Later than any notifier waits. */
const NO_ANSWER = { sendMs: TIMEOUT_MS + 1 };

const SILENT: ChannelAnswer = { kind: 'busy', message: 'it did not answer' };
