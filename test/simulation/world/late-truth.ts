import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { ExpectedApp } from './expected-apps.ts';
import { QLIK_CLOCK_MS } from './scenarios.ts';
import { ELSEWHERE } from './steps.ts';
import type { TrueEnd } from './true-end.ts';

interface LateWorld {
  readonly expected: readonly ExpectedApp[];
  /** World time. */
  readonly now: () => number;
}

/** What the world knows when nothing is left to do. */
interface LateTold {
  readonly lastKnown: (id: string) => StoredDocument | undefined;
  /** Whether sweeps could see all ends of the app, all the time. */
  readonly isSeen: (app: ExpectedApp['app']) => boolean;
  /** All true ends. */
  readonly ends: readonly TrueEnd[];
}

interface Late {
  readonly deadline: number;
  readonly after?: number;
}

/** A deadline that an app was said to have missed. */
interface Judged {
  readonly deadline: number;
  readonly at: number;
}

interface Success {
  readonly id: string;
  readonly endedAt: number;
  readonly storedAt: number;
}

/** How long ago a sweep that judges has begun at most: a collector has two minutes. */
const LONGEST_SWEEP_MS = 130_000;
/** Lists show an end up to 50 s late, and clocks are a few seconds off. */
const SHOWN_LATE_MS = 60_000;
/**
 * How far a tenant's clock may be off, with room for whole seconds. An end close to the beginning of a window may be
 * before it by Qlik's time.
 */
const TENANT_CLOCK_OFF_MS = QLIK_CLOCK_MS + 2_000;

/**
 * The checks of late apps, by deadlines that were worked out by hand. People hear once of each missed deadline, and
 * never of one that was met. They hear once of each late app that arrives.
 */
export class LateTruth {
  readonly #world: LateWorld;
  readonly #expected: ReadonlyMap<string, ExpectedApp>;
  readonly #judged = new Map<string, Judged[]>();
  /** The stored successes by the app's document. */
  readonly #stored = new Map<string, Success[]>();
  /** The ids of the ends that each app counts. */
  readonly #counted = new Map<string, Set<string>>();
  readonly #vague = new Set<string>();
  arrivals = 0;

  constructor(world: LateWorld) {
    this.#world = world;
    this.#expected = new Map(world.expected.map((each) => [`app:${each.app.tenant}:${each.app.appId}`, each]));
  }

  /** How many deadlines apps were said to have missed. */
  get missed(): number {
    return [...this.#judged.values()].flat().length;
  }

  /** @returns what is wrong with a write. */
  written(before: StoredDocument | undefined, after: StoredDocument): string | undefined {
    if (after._id.startsWith('event:')) this.#eventWritten(before, after);
    return after._id.startsWith('app:') ? this.#appWritten(before, after) : undefined;
  }

  #eventWritten(before: StoredDocument | undefined, { tenant, appId, ...event }: StoredDocument): void {
    const app = `app:${tenant}:${appId}`;
    // The time of an end from the future changes when the end is resolved.
    if (event['reportedEnd'] !== undefined || Number(event['endedAt']) > this.#world.now()) this.#vague.add(app);
    if (before !== undefined || event['outcome'] !== 'succeeded') return;
    // An end in another tenant of the same name does not count for our apps.
    if (String(event['heardFrom'] ?? '').endsWith(`-in-${ELSEWHERE}`)) return;
    const success = {
      ...{ id: String(event['reloadId']), endedAt: Number(event['endedAt']) },
      storedAt: this.#world.now(),
    };
    this.#stored.set(app, [...(this.#stored.get(app) ?? []), success]);
  }

  #appWritten(before: StoredDocument | undefined, after: StoredDocument): string | undefined {
    const { _id } = after;
    const [was, is] = [lateIn(before), lateIn(after)];
    const counted = this.#counted.get(_id) ?? new Set();
    const fresh = idsIn(after).filter((id) => !counted.has(id));
    this.#counted.set(_id, new Set([...counted, ...fresh]));
    const news = noticesIn(after).filter(({ id }) => !noticesIn(before).some((known) => known.id === id));
    if (this.#vague.has(_id)) return undefined;
    const successes = (this.#stored.get(_id) ?? []).filter(({ id }) => fresh.includes(id));
    const isEnding = was !== undefined && successes.some(({ endedAt }) => endedAt > (was.after ?? 0));
    if (is !== undefined && is.deadline !== was?.deadline) return this.#judge(after, is, news);
    if (isEnding !== (was !== undefined && is === undefined))
      return `${_id} ${isEnding ? 'stays late, and has arrived' : 'is not late any more, and has not arrived'}`;
    const told = news.filter(({ kind, late }) => kind === 'arrived' || (kind === 'recovered' && late !== undefined));
    if (told.length !== Number(isEnding)) return `${_id} arrived, and that is told ${told.length} times`;
    this.arrivals += told.length;
    return news.some(({ kind }) => kind === 'late') ? `${_id} is told late without being it` : undefined;
  }

  #judge({ _id, expectedSince }: StoredDocument, is: Late, news: readonly Told[]): string | undefined {
    const { deadline } = is;
    const what = `${_id} is late for ${new Date(deadline).toISOString()}`;
    const app = this.#expected.get(_id);
    const index = app?.deadlines.indexOf(deadline) ?? -1;
    if (app === undefined || index < 0) return `${what}, which is no deadline of it`;
    const now = this.#world.now();
    const judged = this.#judged.get(_id) ?? [];
    this.#judged.set(_id, [...judged, { deadline, at: now }]);
    // The sweep goes by the tenant's clock, which may be ahead.
    if (deadline + app.graceMs > now + TENANT_CLOCK_OFF_MS) return `${what}, which has not passed yet`;
    if (deadline <= Number((expectedSince as { readonly at: number }).at)) return `${what}, which nobody expected`;
    if (judged.some((each) => each.deadline >= deadline)) return `${what}, which was judged before`;
    const told = news.filter(({ kind }) => kind === 'late');
    if (told.length !== 1 || told[0]?.late?.deadline !== deadline) return `${what}, and that is not told once`;
    const after = windowOf(app, index);
    if (after !== undefined && is.after !== after) return `${what}, since ${is.after}, not ${after}`;
    const counted = this.#counted.get(_id) ?? new Set();
    const known = (this.#stored.get(_id) ?? []).find(
      ({ id, endedAt, storedAt }) => endedAt > (after ?? 0) && (counted.has(id) || storedAt < now - LONGEST_SWEEP_MS),
    );
    return known === undefined ? undefined : `${what}, and ${known.id} had succeeded`;
  }

  /** What is wrong when nothing is left to do. */
  problems(told: LateTold): readonly string[] {
    return [...this.#expected].flatMap(([id, app]) => {
      if (this.#vague.has(id) || !told.isSeen(app.app)) return [];
      return [...this.#falsely(id, app, told), ...this.#owed(id, app, told)];
    });
  }

  /** The deadlines that were reported as missed, although Qlik had listed a success in time. */
  #falsely(id: string, app: ExpectedApp, { ends }: LateTold): readonly string[] {
    const { tenant, appId } = app.app;
    return (this.#judged.get(id) ?? []).flatMap(({ deadline, at }) => {
      const after = windowOf(app, app.deadlines.indexOf(deadline));
      if (after === undefined) return [];
      const latest = at - LONGEST_SWEEP_MS - SHOWN_LATE_MS;
      const met = ends.find(
        (end) =>
          end.tenant === tenant &&
          end.appId === appId &&
          end.outcome === 'SUCCEEDED' &&
          end.isUnlisted !== true &&
          end.at > after + TENANT_CLOCK_OFF_MS &&
          end.at < latest &&
          end.isKnowable(),
      );
      const when = new Date(deadline).toISOString();
      return met === undefined ? [] : [`${id} was told late for ${when}, and ${met.reloadId} had succeeded`];
    });
  }

  /** If no success counts for the last deadline, the app must be late. If one does, the app must not be late. */
  #owed(id: string, app: ExpectedApp, { lastKnown }: LateTold): readonly string[] {
    const document = lastKnown(id);
    const since = document?.['expectedSince'] as { readonly at: number } | undefined;
    if (document === undefined || since === undefined) return [`${id}: nobody noted that it is expected`];
    const index = app.deadlines.length - 1;
    const deadline = app.deadlines[index] ?? 0;
    const after = windowOf(app, index);
    // For a first deadline, this class does not know what happened before.
    if (after === undefined || deadline <= since.at || after < since.at) return [];
    const counted = this.#counted.get(id) ?? new Set();
    const isMet = (this.#stored.get(id) ?? []).some(
      ({ id: reload, endedAt }) => counted.has(reload) && endedAt > after,
    );
    const late = lateIn(document);
    if (isMet) return late === undefined ? [] : [`${id} is late, and has succeeded`];
    return late?.deadline === deadline ? [] : [`${id} missed ${new Date(deadline).toISOString()}, and is not late`];
  }
}

interface Told {
  readonly id: string;
  readonly kind: string;
  readonly late?: Late;
}

/**
 * The time after which a success counts for a deadline: the end of the grace of the deadline before; undefined for the
 * first deadline.
 */
function windowOf({ deadlines, graceMs }: ExpectedApp, index: number): number | undefined {
  const before = deadlines[index - 1];
  return before === undefined ? undefined : before + graceMs;
}

const lateIn = (app: StoredDocument | undefined): Late | undefined => app?.['late'] as Late | undefined;
const noticesIn = (app: StoredDocument | undefined): readonly Told[] => (app?.['notices'] as readonly Told[]) ?? [];
const idsIn = (app: StoredDocument | undefined): readonly string[] => (app?.['seen'] as readonly string[]) ?? [];
