import { isDeepStrictEqual } from 'node:util';
import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { ToldStreak } from './channel-model.ts';
import type { TrueEnd } from './true-end.ts';

/** What the world knows when nothing is left to do. */
export interface DeskTold {
  /** Whether a reload really ended. */
  readonly hasEnded: (end: Pick<TrueEnd, 'tenant' | 'reloadId'>) => boolean;
  /** The last state of a document, even if it was purged since. */
  readonly lastKnown: (id: string) => StoredDocument | undefined;
  readonly tickets: readonly StoredDocument[];
}

interface Place {
  readonly endedAt: number;
  readonly reloadId: string;
}

/** An end that an app counted. */
interface Counted {
  readonly event: string;
  /** Undefined if the app counted several canceled ends at once, and nobody can say which of them ran too long. */
  readonly outcome: string | undefined;
}

interface Streak {
  readonly first: string;
  readonly since: number;
  readonly times: number;
  readonly lastFailedAt: number;
  /** The code of the last failure's error, as `whyOf` writes it. */
  readonly why?: string | undefined;
  readonly recoveredAt?: number;
  readonly recoveredBy?: string;
}

/** The fields that an app must have. */
interface Standing {
  readonly decided?: Place;
  readonly lastSuccess?: Place;
  readonly failing?: Streak;
  readonly streaks: readonly Streak[];
}

const FAILED: readonly unknown[] = ['failed', 'exceeded-limit'];

/**
 * What apps and tickets must say. Each stored end is counted once, and each streak of failures is right. This class
 * folds the events itself, in the order in which apps counted them.
 */
export class DeskTruth {
  readonly #events = new Map<string, StoredDocument>();
  /** The counted ends by the app's document. */
  readonly #counted = new Map<string, Counted[]>();
  readonly #isCounted = new Set<string>();

  /** @returns what is wrong with a write. */
  written(before: StoredDocument | undefined, after: StoredDocument): string | undefined {
    if (after._id.startsWith('event:')) this.#events.set(after._id, after);
    return after._id.startsWith('app:') ? this.#appWritten(before, after) : undefined;
  }

  #appWritten(before: StoredDocument | undefined, after: StoredDocument): string | undefined {
    const known = new Set(idsIn(before));
    const tenant = after._id.split(':')[1];
    const news = idsIn(after)
      .filter((id) => !known.has(id))
      .map((id) => `event:${tenant}:${id}`);
    const counted = this.#counted.get(after._id) ?? [];
    this.#counted.set(after._id, counted);
    const outcomes = news.map((id) => this.#events.get(id)?.['outcome']);
    const grown = growthOf(before, after);
    const asFailed = (grown['failed'] ?? 0) - outcomes.filter((outcome) => outcome === 'failed').length;
    const canceled = outcomes.filter((outcome) => outcome === 'canceled').length;
    if (asFailed < 0 || asFailed > canceled || asFailed + (grown['canceled'] ?? 0) !== canceled)
      return `${after._id} counted other outcomes than ${outcomes.join()}: ${JSON.stringify(grown)}`;
    const unordered = this.#unordered(news);
    if (unordered !== undefined) return `${after._id} counts ${unordered} before an earlier end that it knew of`;
    for (const [index, event] of news.entries()) {
      const document = this.#events.get(event);
      if (document === undefined) return `${after._id} counts ${event}, which is not stored`;
      if (!after._id.endsWith(`:${String(document['appId'])}`)) return `${after._id} counts ${event} of another app`;
      if (this.#isCounted.has(event)) return `${after._id} counts ${event} twice`;
      this.#isCounted.add(event);
      const isVague = outcomes[index] === 'canceled' && asFailed > 0 && asFailed < canceled;
      const isAsFailed = outcomes[index] === 'canceled' && asFailed === canceled;
      const outcome = isVague ? undefined : isAsFailed ? 'failed' : String(document['outcome']);
      counted.push({ event, outcome });
    }
    const sum = Object.values(countsIn(after)).reduce((all, each) => all + each, 0);
    return sum === counted.length ? undefined : `${after._id} counts ${sum} ends, and there were ${counted.length}`;
  }

  /** The ends that an app counts in one write must be in order. @returns the first that is not. */
  #unordered(news: readonly string[]): string | undefined {
    const places = news.flatMap((id): readonly (Place & { readonly id: string })[] => {
      const document = this.#events.get(id);
      // The time of an end from the future is not certain yet.
      if (document === undefined || document['reportedEnd'] !== undefined || isFromFuture(document)) return [];
      return [{ id, endedAt: Number(document['endedAt']), reloadId: String(document['reloadId']) }];
    });
    return places.find((place, index) => index > 0 && !isLater(place, places[index - 1]))?.id;
  }

  /** What is wrong when nothing is left to do. */
  problems(told: DeskTold): readonly string[] {
    const events = [...this.#events.values()].flatMap((event) => this.#eventProblem(event, told) ?? []);
    const expected = new Set<string>();
    let isSure = true;
    const apps = [...this.#counted].flatMap(([id, counted]) => {
      const standing = this.#standingOf(counted);
      isSure &&= standing !== undefined;
      if (standing === undefined) return [];
      for (const { first } of standing.streaks) expected.add(`ticket:reload:${id.split(':')[1]}:${first}`);
      return [...appProblems(told.lastKnown(id), id, standing), ...ticketProblems(id, standing, told)];
    });
    const idle = isSure
      ? told.tickets.filter(({ _id }) => !expected.has(_id)).map(({ _id }) => `${_id}: no streak`)
      : [];
    return [...events, ...apps, ...idle];
  }

  #eventProblem(event: StoredDocument, { hasEnded }: DeskTold): string | undefined {
    const { _id, tenant, reloadId, resolvedAt, recordedAt } = event;
    if (resolvedAt === undefined || recordedAt === undefined) return `${_id} was never finished`;
    const isElsewhere = hasSkip(event, 'other-tenant');
    if (this.#isCounted.has(_id) === isElsewhere)
      return `${_id} was ${isElsewhere ? 'counted, and ended in another tenant' : 'never counted'}`;
    const isTrue = hasEnded({ tenant: String(tenant), reloadId: String(reloadId) });
    return isTrue || isElsewhere ? undefined : `${_id} was counted and never happened`;
  }

  /** Whether an app, or the app of a ticket, had an end that was told with a time in the future. */
  isFromFuture(document: string): boolean {
    const event = this.#events.get(document.replace(/^ticket:reload:/, 'event:'));
    const app = event === undefined ? document : `app:${event['tenant']}:${event['appId']}`;
    return (this.#counted.get(app) ?? []).some(({ event: id }) => this.#events.get(id)?.['reportedEnd'] !== undefined);
  }

  /** How often an app began to fail or recovered, by its ends. */
  get transitions(): number {
    const { streaks } = this;
    return streaks.length + streaks.filter(({ recoveredBy }) => recoveredBy !== undefined).length;
  }

  /** The streaks of all apps. */
  get streaks(): readonly ToldStreak[] {
    return [...this.#counted].flatMap(([app, counted]) =>
      (this.#standingOf(counted)?.streaks ?? []).map(({ first, since, recoveredBy, recoveredAt }) => ({
        ...{ app, first, since },
        ...(recoveredBy !== undefined && { recoveredBy }),
        ...(recoveredAt !== undefined && { recoveredAt }),
      })),
    );
  }

  /** Undefined if nobody can say: an event had a time in the future, or an outcome is not certain. */
  #standingOf(counted: readonly Counted[]): Standing | undefined {
    let standing: Standing = { streaks: [] };
    for (const { event, outcome } of counted) {
      const document = this.#events.get(event);
      if (document === undefined || outcome === undefined || document['reportedEnd'] !== undefined) return undefined;
      const place = { endedAt: Number(document['endedAt']), reloadId: String(document['reloadId']) };
      // Qlik gives no error for a reload that Cascade canceled because it ran too long.
      const code = document['outcome'] === 'canceled' ? 'TIMED_OUT' : Object(document['error']).code;
      standing = after(standing, { ...place, code }, outcome, hasSkip(document, 'will-retry'));
    }
    return standing;
  }
}

/** An end, and the code of its error if it failed. */
type CodedPlace = Place & { readonly code: string | undefined };

function after(standing: Standing, { code, ...place }: CodedPlace, outcome: string, isTriedAgain: boolean): Standing {
  const { failing, streaks } = standing;
  const isSuccess = outcome === 'succeeded';
  const next = isSuccess && isLater(place, standing.lastSuccess) ? { ...standing, lastSuccess: place } : standing;
  const isDecisive = isSuccess || (FAILED.includes(outcome) && !isTriedAgain);
  if (!isDecisive || !isLater(place, standing.decided)) return next;
  const { endedAt, reloadId } = place;
  if (!isSuccess) {
    const begun = failing ?? { first: reloadId, since: endedAt, times: 0, lastFailedAt: endedAt };
    const longer = { ...begun, times: begun.times + 1, lastFailedAt: endedAt, why: whyOf(code, endedAt) };
    return {
      ...next,
      decided: place,
      failing: longer,
      streaks: [...streaks.filter((each) => each !== failing), longer],
    };
  }
  const { failing: _, ...fine } = { ...next, decided: place };
  if (failing === undefined) return fine;
  return {
    ...fine,
    streaks: streaks.map((each) =>
      each === failing ? { ...each, recoveredAt: endedAt, recoveredBy: reloadId } : each,
    ),
  };
}

const isLater = (place: Place, known: Place | undefined): boolean =>
  known === undefined ||
  place.endedAt > known.endedAt ||
  (place.endedAt === known.endedAt && place.reloadId > known.reloadId);

/** An error's code, and the end of which it is: the error has to be that of the last failure. */
const whyOf = (code: string | undefined, at: unknown): string | undefined =>
  code === undefined ? undefined : `${code} at ${String(at)}`;

/** The same of a streak or a ticket that Cascade has stored. */
const whyIn = (stored: Readonly<Record<string, unknown>>): string | undefined =>
  whyOf(Object(stored['error']).code, stored['errorAt'] ?? stored['since'] ?? stored['failedAt']);

/** A stored streak in the words of the truth. */
function streakIn(stored: unknown): object | undefined {
  if (stored === undefined) return undefined;
  const { error: _, errorAt: __, ...streak } = Object(stored);
  return { ...streak, why: whyIn(Object(stored)) };
}

function appProblems(app: StoredDocument | undefined, id: string, standing: Standing): readonly string[] {
  const { failing } = standing;
  const tenant = id.split(':')[1];
  const expected = {
    decided: standing.decided,
    lastSuccess: standing.lastSuccess,
    failing: failing && { ...failing, ticket: `ticket:reload:${tenant}:${failing.first}` },
  };
  const stored: Readonly<Record<string, unknown>> = { ...app, failing: streakIn(app?.['failing']) };
  return Object.entries(expected).flatMap(([field, value]) =>
    isDeepStrictEqual(stored[field], value)
      ? []
      : [`${id} has ${field} ${JSON.stringify(stored[field])}, not ${JSON.stringify(value)}`],
  );
}

function ticketProblems(id: string, { streaks }: Standing, { lastKnown }: DeskTold): readonly string[] {
  const [, tenant, appId] = id.split(':');
  return streaks.flatMap(({ first, since, times, lastFailedAt, why, recoveredAt }) => {
    const stored = lastKnown(`ticket:reload:${tenant}:${first}`);
    const ticket: StoredDocument | undefined = stored && { ...stored, why: whyIn(stored) };
    if (ticket === undefined) return [`${id}: the failures since ${first} have no ticket`];
    const expected = { appId, reloadId: first, failedAt: since, times, lastFailedAt, why, recoveredAt };
    const wrong = Object.entries(expected).filter(([field, value]) => ticket[field] !== value);
    return wrong.map(([field, value]) => `${ticket._id} has ${field} ${String(ticket[field])}, not ${String(value)}`);
  });
}

const idsIn = (app: StoredDocument | undefined): readonly string[] => (app?.['seen'] as readonly string[]) ?? [];

const countsIn = (app: StoredDocument | undefined): Readonly<Record<string, number>> =>
  (app?.['counts'] as Record<string, number>) ?? {};

/** By how much each count has grown. */
const growthOf = (before: StoredDocument | undefined, now: StoredDocument): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(countsIn(now)).map(([outcome, count]) => [outcome, count - (countsIn(before)[outcome] ?? 0)]),
  );

/** The clocks behind `endedAt` and `storedAt` are at most a few minutes apart. */
const isFromFuture = ({ endedAt, storedAt }: StoredDocument): boolean => Number(endedAt) > Number(storedAt) + 60_000;

const hasSkip = ({ skips }: StoredDocument, reason: string): boolean =>
  ((skips as readonly { readonly reason: string }[]) ?? []).some((skip) => skip.reason === reason);
