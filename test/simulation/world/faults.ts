import type { Random } from './random.ts';

/**
 * Everything that goes wrong, with its likelihood each time that it could happen. A fault with 0 is not drawn this way:
 * it has spells, or is drawn elsewhere.
 */
export const FAULTS = {
  'store-lost-before': 0.004, // no answer, nothing written
  'store-lost-after': 0.004, // no answer, but written
  'store-bulk-cut': 0.02, // no answer, some of the documents written
  'store-outage': 0, // minutes without any answer
  'store-refused': 0.001, // refused for good, or one document of it
  'post-cut-before': 0.02,
  'post-cut-after': 0.03,
  'post-5xx-before': 0.015,
  'post-5xx-after': 0.015,
  'post-accepted-late': 0.03, // accepted after the answer was given up, sooner than the grace
  'shown-late': 0.15, // a new reload is listed late, sooner than the grace
  'end-shown-late': 0.15,
  'rate-limited': 0, // HTTP-429 for a while
  'rate-spent': 0, // HTTP-429 of a tenant that takes only a few POSTs in five minutes
  'over-quota': 0, // RELOADS-013 for an app, for a while
  refused: 0.004, // 400, 403 or 404
  unauthorized: 0.002, // 401
  'app-deleted': 0.0015, // an app goes right after our POST, with its reload and all its records
  'app-hidden': 0.0015, // right after our POST the credential may not see the app any more
  'app-unseen': 0, // an upstream that the credential may never see
  'app-unlistable': 0, // one app's list fails always
  'list-lost': 0.02,
  'slow-lists': 0, // seconds for each page of a few: a sweep runs out of time
  'cursor-refused': 0.01, // a page's cursor is not taken any more
  'get-lost': 0.02,
  'log-lost': 0.1,
  'user-lost': 0.1,
  'no-token': 0, // minutes in which the tenant gives no token, or cannot be connected to: nothing is sent
  'tenant-outage': 0, // minutes up to an hour without any answer
  'event-from-future': 0.01, // the event's time is a year ahead
  'webhook-dropped': 0.1,
  'webhook-doubled': 0.1,
  'webhook-delayed': 0.06, // up to hours
  'webhook-reordered': 0.2, // up to a minute
  'webhook-resent': 0.3, // after an answer that is no 2xx
  'attempt-repeated': 0.1, // a failed engine attempt before the last one
  'paper-form': 0.03,
  'dead-letter': 0.02, // a body that nobody understands
  misread: 0, // an earlier version does not understand a webhook, and people replay the dead letter hours later
  'session-app': 0.03,
  'editor-load': 0.03, // a load without a request: only the engine's event reports it
  'invocation-lost': 0.02,
  'invocation-doubled': 0.03,
  'invocation-delayed': 0.05,
  'invocation-answer-lost': 0.02,
  'host-busy': 0.02,
  'minute-spent': 0.01,
  'minute-full': 0, // the namespace has had all invocations of the minute
  'container-reused': 0, // with what its modules remember
  'crash-before': 0.01, // of each activation, at one of its calls
  'crash-after': 0.02,
  stalled: 0.002, // an activation stands still for up to five minutes
  'clock-off': 0.5, // a container's clock, up to five minutes
  'clock-jump': 0.02,
  'two-sweeps': 0.1,
  'sweep-missed': 0.05,
  'sweeps-paused': 0, // for hours
  'other-deployment': 0, // on the same database, with tenants of its own by the same names: a sweep of it, or a webhook
  redeployed: 0,
  upgraded: 0, // in mid-day, from a version that sends no notices
  'rules-changed': 0, // a deployment that changes and removes links, composite links, retries and timeouts
  'link-added': 0, // to an app that was in no chain, and ended long ago
  'ill-formed': 0, // a link's variable is no Unicode: the store refuses its orders
  joined: 0, // links that wait for several apps
  retried: 0, // links that have failed reloads started again, or that have a timeout
  'timed-out': 0, // a reload that the sweep had canceled
  'cancel-refused': 0, // the tenant refuses to cancel a reload that runs too long
  'attempts-spent': 0, // the last attempt failed, too
  'fed-back': 0, // a loop of links: MAX_HOPS is small
  'hops-capped': 0,
  automation: 0, // outside of Cascade, whenever one app ends another is reloaded
  'starts-guarded': 0,
  'person-reloads': 0,
  'person-as-us': 0, // a person reloads with our own user, if Qlik echoes
  'called-off': 0.01,
  'host-called-off': 0.2, // an order, soon after another was merged into it
  'called-off-twice': 0.3, // by two people at once
  'called-off-again': 0.5, // by the person who saw the command fail; else nobody repeats it
  'call-off-dies': 0.25, // the command ends after any of its changes
  'all-called-off': 0.004,
  purged: 0, // a person purges the ledger, and something goes
  'purge-dies': 0.1, // the command ends after any of its steps
  'by-hand': 0.04,
  replayed: 0.04,
  'channel-slow': 0.1, // up to 9 s until it has the message
  'two-notifiers': 0.1, // at once, for the same documents
  'channel-busy': 0.1, // 5xx: it keeps nothing
  'channel-limited': 0.05, // 429 with Retry-After
  'channel-wrong': 0.01, // 404, and right again later
  'message-refused': 0.03, // of each notice: 400 for every message that has it
  'channel-answer-lost': 0.05, // it keeps the message, and the notifier does not hear
  // Traits of tenants that had an effect.
  'echo-in-record-only': 0,
  'echo-nowhere': 0,
  'no-admin': 0,
  'sort-ignored': 0,
  'ten-ends-kept': 0,
  'queued-only': 0,
} as const satisfies Readonly<Record<string, number>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** How likely faults are in one kind of world. */
export interface FaultScenario {
  /** Multiplies every likelihood; 0 for a world without faults. */
  readonly factor: number;
  readonly likelihoods?: Partial<Record<FaultName, number>>;
}

/** Decides when a fault strikes, and counts it. */
export class Faults {
  /** False when the world is to come to rest. */
  isOn = true;
  readonly counts = new Map<FaultName, number>();
  readonly #random: Random;
  readonly #without: ReadonlySet<FaultName>;
  readonly #scenario: FaultScenario;

  constructor(random: Random, without: ReadonlySet<FaultName>, scenario: FaultScenario) {
    this.#random = random;
    this.#without = without;
    this.#scenario = scenario;
  }

  /**
   * Whether the fault strikes this time. It always draws a number, so that leaving out one fault changes little else.
   */
  strikes(name: FaultName, likelihood?: number): boolean {
    if (!this.draws(name, likelihood)) return false;
    this.count(name);
    return true;
  }

  /** Whether the fault is to strike; does not count it. */
  draws(name: FaultName, likelihood?: number): boolean {
    const { factor, likelihoods = {} } = this.#scenario;
    return this.#random.chance(likelihoods[name] ?? (likelihood ?? FAULTS[name]) * factor) && this.may(name);
  }

  /** Whether the fault may happen at all. */
  may(name: FaultName): boolean {
    return this.isOn && this.#scenario.factor > 0 && !this.#without.has(name);
  }

  count(name: FaultName): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
