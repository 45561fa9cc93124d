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
  /** Whether an end at this time, by Qlik's clock, is from before the version that sends notices. */
  readonly isHistory: (endedAt: number) => boolean;
  /** The latest world time at which a notice may come that is owed since `owedAt`. */
  readonly latest: (document: string, channel: string, owedAt: number) => number;
}

/** How many of the notices owed to one channel came once, more than once, or never. */
export interface ChannelTally {
  readonly once: number;
  readonly again: number;
  readonly never: number;
}

/** A notice that a channel got. */
interface Delivery {
  readonly by: Activation;
  readonly at: number;
  /** Whether the channel's answer was to reach the notifier. */
  readonly isAnswered: boolean;
}

/** A notice that an app or an alert owes to one channel. */
interface Owed {
  readonly key: string;
  /** World time. */
  readonly owedAt: number;
  readonly deliveries: Delivery[];
  /** Whether the document does not owe the notice any more. */
  isSettled: boolean;
  /** Whether the channel refused a message that had only this notice. */
  isRefusedAlone?: boolean;
}

/** A notice in a document. */
interface OwedNotice {
  readonly id: string;
  readonly kind: string;
  readonly at: number;
  readonly late?: object;
  readonly to: readonly string[];
}

/** A streak of failures of an app, by its true ends. */
export interface ToldStreak {
  /** The app's document. */
  readonly app: string;
  /** The first reload that failed. `recoveredBy` is the reload that succeeded after the failures. */
  readonly first: string;
  readonly since: number;
  readonly recoveredBy?: string;
  readonly recoveredAt?: number;
}

/** The channels on which people hear of an app. */
interface Routes {
  readonly failed: readonly ChannelName[];
  readonly recovered: readonly ChannelName[];
}

/** A notifier's time-out. `LEASE_MS` is how long it leases the documents whose notices it sends. */
const TIMEOUT_MS = 10_000;
const LEASE_MS = 60_000;
/** A minute, less two seconds, as the store's clock shows whole seconds. */
const MINUTE_MS = 58_000;
const MOST_IN_A_MINUTE = 5;
/** The clocks show whole seconds. */
const CLOCKS_MS = 2_000;

const BOTS = ['default', 'ops'].map(
  (name): Channel => ({
    ...{ name: name as ChannelName, url: `https://bots.example/${name}`, secret: 'whsec_AAAA' },
  }),
);

/**
 * Two bots that hear of every app, and the checks of what they hear. Each owed notice comes, and no other. Notices come
 * in order and not too often. A notice comes again only if the notifier could not know that it had come.
 */
export class ChannelModel {
  readonly channels = BOTS;
  readonly names = BOTS.map(({ name }) => name);
  /** The owed notices by document and channel, in the order in which they were owed. */
  readonly #owed = new Map<string, Owed[]>();
  /** By channel and notice: whether the channel refuses every message with that notice. */
  readonly #isRefused = new Map<string, boolean>();
  /** By channel: when the latest messages came. */
  readonly #came = new Map<string, number[]>();
  /** By activation and channel: until when the channel told it to wait. World time. */
  readonly #toldToWait = new Map<string, number>();
  /** By channel: until when the channel wants no message, as its document says since the write of who was told. */
  readonly #waits = new Map<string, number>();
  readonly #world: ChannelWorld;

  constructor(world: ChannelWorld) {
    this.#world = world;
  }

  /** How much later, in ms, another notifier gets the same documents; undefined if none does. */
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
    const answer = this.#refusal() ?? this.#refusalOf(channel, notices);
    const isLost = strikes('channel-answer-lost');
    if (answer?.kind === 'busy' && answer.retryAfter !== undefined && !isLost) {
      this.#toldToWait.set(`${by.label} channel:${channel}`, this.#world.now() + answer.retryAfter);
    }
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

  /** The channel's refusal if it cannot take one of the notices. */
  #refusalOf(channel: string, notices: readonly string[]): ChannelAnswer | undefined {
    const known = (notice: string): boolean => {
      const key = `${channel} ${notice}`;
      if (!this.#isRefused.has(key)) this.#isRefused.set(key, this.#world.strikes('message-refused'));
      return this.#isRefused.get(key) === true;
    };
    if (notices.map(known).every((isRefused) => !isRefused)) return undefined;
    const [only = '', ...others] = notices;
    const owed = this.#owed.get(`${documentOf(only)} ${channel}`)?.find(({ key }) => key === only);
    if (others.length === 0 && owed !== undefined) owed.isRefusedAlone = true;
    return { kind: 'refused', message: 'it answered 400 (invalid_blocks)' };
  }

  #deliver(by: Activation, channel: string, notices: readonly string[], isAnswered: boolean): void {
    const { now, violate } = this.#world;
    const came = [...(this.#came.get(channel) ?? []), now()].slice(-MOST_IN_A_MINUTE - 1);
    this.#came.set(channel, came);
    if (came.length > MOST_IN_A_MINUTE && now() - Number(came[0]) < MINUTE_MS) {
      violate('channel-flooded', `${channel} got ${came.length} messages in a minute`);
    }
    for (const notice of notices) {
      const ofApp = this.#owed.get(`${documentOf(notice)} ${channel}`) ?? [];
      const owed = ofApp.find(({ key }) => key === notice);
      const problem = owed === undefined ? 'was never owed' : this.#problemOf(owed, ofApp);
      if (problem !== undefined) violate('notice', `${notice} came to ${channel} from ${by.label}, and ${problem}`);
      if (owed !== undefined) this.#checkTime(owed, channel);
      owed?.deliveries.push({ by, at: now(), isAnswered });
    }
  }

  /** Checks that a notice is in time when it comes for the first time. */
  #checkTime({ key, owedAt, deliveries }: Owed, channel: string): void {
    const { now, latest, violate } = this.#world;
    if (deliveries.length > 0 || now() <= latest(documentOf(key), channel, owedAt)) return;
    violate('notice-late', `${key} came to ${channel} ${Math.ceil((now() - owedAt) / 1_000)} s after it was owed`);
  }

  #problemOf({ key, deliveries, isSettled }: Owed, ofApp: readonly Owed[]): string | undefined {
    if (isSettled) return 'was settled before';
    const before = ofApp.slice(
      0,
      ofApp.findIndex((one) => one.key === key),
    );
    const overtaken = before.find((one) => one.deliveries.length === 0 && one.isRefusedAlone !== true);
    if (overtaken !== undefined) return `had overtaken ${overtaken.key}`;
    const last = deliveries.at(-1);
    if (last === undefined || !last.isAnswered || last.by.isDead) return undefined;
    return this.#world.now() - last.at < LEASE_MS ? `had come from ${last.by.label}, which was still at it` : undefined;
  }

  /**
   * The channels on which people hear of an app. For some apps one channel gets the failures, and the other the
   * recoveries.
   */
  routesOf(appId: string): Routes {
    const [first, second] = this.names;
    if (first === undefined || second === undefined || !/^app-.*[258]$/.test(appId))
      return { failed: this.names, recovered: this.names };
    return { failed: [second], recovered: [first] };
  }

  /** The notices that should have come and never came. */
  problems(streaks: readonly ToldStreak[], alerts: readonly StoredDocument[]): readonly string[] {
    const { isHistory } = this.#world;
    const ofApps = streaks.flatMap(({ app, first, since, recoveredBy, recoveredAt }) => {
      const routes = this.routesOf(app.slice(app.lastIndexOf(':') + 1));
      const failed = isHistory(since) ? [] : this.#unheard(app, `failed.${first}`, routes.failed);
      if (recoveredBy === undefined || isHistory(Number(recoveredAt))) return failed;
      return [...failed, ...this.#unheard(app, `recovered.${recoveredBy}`, routes.recovered)];
    });
    // Alerts go to `default`, with two exceptions: an order that was given up goes to the routes of its app, and a
    // channel never hears of its own refusals.
    const ofAlerts = alerts
      .filter(({ kind, subject }) => kind !== 'gave-up' && (kind !== 'channel-refused' || subject !== 'default'))
      .filter(({ _id }) => !(this.#owed.get(`${_id} default`) ?? []).some(isHeard))
      .map(({ _id }) => `${_id} never came to default`);
    return [...ofApps, ...ofAlerts];
  }

  #unheard(app: string, id: string, channels: readonly string[]): readonly string[] {
    const key = `${app}/${id}`;
    return channels
      .filter(
        (channel) => !(this.#owed.get(`${app} ${channel}`) ?? []).some((owed) => owed.key === key && isHeard(owed)),
      )
      .map((channel) => `${key} was never owed to ${channel}`);
  }

  /** Called for each write of a document that may owe notices. */
  written(after: StoredDocument): void {
    const notices = after['notices'] as readonly OwedNotice[] | undefined;
    for (const notice of notices ?? []) this.#checkHistory(after._id, notice);
    for (const channel of this.names) {
      const list = this.#owed.get(`${after._id} ${channel}`) ?? [];
      const open = new Set(
        (notices ?? []).flatMap(({ id, to }) => (to.includes(channel) ? [`${after._id}/${id}`] : [])),
      );
      for (const owed of list.filter(({ key, isSettled }) => !isSettled && !open.has(key))) {
        owed.isSettled = true;
        if (!isHeard(owed)) this.#world.violate('notice', `${owed.key} never came to ${channel}`);
      }
      const known = new Set(list.map(({ key }) => key));
      const fresh = [...open].filter((key) => !known.has(key));
      list.push(...fresh.map((key): Owed => ({ key, owedAt: this.#world.now(), deliveries: [], isSettled: false })));
      this.#owed.set(`${after._id} ${channel}`, list);
    }
  }

  /**
   * Called for each write of a channel's document. Nobody takes a slot before the channel's `Retry-After` is over, once
   * the one who was told has stored that.
   */
  paced(actor: string, before: StoredDocument | undefined, { _id, slots }: StoredDocument): void {
    const { now, violate } = this.#world;
    const known = (before?.['slots'] ?? []) as readonly number[];
    const isTaken = (slots as readonly number[]).some((slot) => !known.includes(slot));
    const until = this.#waits.get(_id) ?? 0;
    if (isTaken && now() < until - CLOCKS_MS) {
      violate('before-retry-after', `${actor} took a slot of ${_id} before ${new Date(until).toISOString()}`);
    }
    const told = this.#toldToWait.get(`${actor} ${_id}`);
    if (isTaken || told === undefined) return;
    this.#waits.set(_id, Math.max(until, told));
    this.#toldToWait.delete(`${actor} ${_id}`);
  }

  /** People must hear of an old end only if it ends a lateness of which they have heard. */
  #checkHistory(document: string, { id, kind, at, late }: OwedNotice): void {
    const isOfStreak = kind === 'failed' || (kind === 'recovered' && late === undefined);
    if (!isOfStreak || !this.#world.isHistory(at)) return;
    this.#world.violate('notice', `${document}/${id} is about an end from before the version that sends notices`);
  }

  /**
   * Counts how often the notices came that were owed to a channel. @param documents - how the ids of their documents
   * begin.
   */
  tally(channel: string, documents = ''): ChannelTally {
    const isAsked = (key: string): boolean => key.endsWith(` ${channel}`) && key.startsWith(documents);
    const owed = [...this.#owed].flatMap(([key, each]) => (isAsked(key) ? each : []));
    const count = (isSuch: (times: number) => boolean): number =>
      owed.filter(({ deliveries }) => isSuch(deliveries.length)).length;
    return {
      once: count((times) => times === 1),
      again: count((times) => times > 1),
      never: count((times) => times === 0),
    };
  }

  /** How many owed notices came, over all channels. */
  get delivered(): number {
    return [...this.#owed.values()].flat().filter(({ deliveries }) => deliveries.length > 0).length;
  }
}

/** The notice's document is everything before the last slash: the id of an alert may have a slash, too. */
const documentOf = (notice: string): string => notice.slice(0, notice.lastIndexOf('/'));

/** Whether the notice came, or the channel refused it. */
const isHeard = ({ deliveries, isRefusedAlone }: Owed): boolean => deliveries.length > 0 || isRefusedAlone === true;

/** An arrival later than any notifier waits. */
const NO_ANSWER = { sendMs: TIMEOUT_MS + 1 };

const SILENT: ChannelAnswer = { kind: 'busy', message: 'it did not answer' };
