/*
 * People who look after Qlik apps may want to see what their community asks. So the action `questions/collector` asks a
 * Stack Exchange site every 10 minutes for questions, and finds those that are new or have changed. The next actions
 * keep a ticket for each question in the ledger (Cascade's memory).
 *
 * A question becomes active if somebody asks, answers or edits it. The ledger's document `questions:<site>` says up to
 * which activity (`t`) the ledger has the site's questions.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { questionsId } from '../../src/core/document-ids.ts';
import type { Question } from '../../src/core/tickets/question.ts';
import { addMs, type DurationMs, days, type EpochMs, minutes } from '../../src/core/units.ts';
import { refusedError } from '../../src/ledger/bad-document.ts';
import { type QuestionsDocument, readQuestions } from '../../src/ledger/documents/questions.ts';
import { patient } from '../../src/ledger/patient-store.ts';
import { clock, type Found, type QuestionPorts, readList } from './read-list.ts';

/**
 * The least time between two runs. Stack Exchange calls it abuse to send the same request more than once a minute
 * (docs/stack-exchange.md).
 */
const SPACING = minutes(1);
/** If a run dies, nobody knows which pause the API wanted. So the next run waits this long. */
const UNKNOWN_PAUSE = minutes(5);
/** The first run takes up the questions that were active in the last day. */
const FIRST = days(1);
/** The API's answers come from a cache, so a question may be listed late. Each list begins so long before `t`. */
const OVERLAP = minutes(5);
/** The site's clock may be behind the store's by so much. */
const CLOCKS_APART = minutes(60);
/** The invoker's half of OpenWhisk's default of 60 activations a minute, without its reserve of two. */
const PER_MINUTE = 28;

/** What a run of the collector passes on. */
export interface Collected {
  readonly questions: readonly Question[];
  /** When the next run may pass on questions. So the invoker starts no more of these from then on. */
  readonly until: EpochMs;
}

/**
 * Asks the site for the questions that were active since the last list, and returns those that are new or newer than
 * their tickets: at most 250, the longest inactive first.
 *
 * A list may take several runs. Each run notes its place, and the next run goes on there. A list also shows how far the
 * ledger has the questions, and there the next list begins. If a question was passed on and its activation was lost, or
 * the invoker had no time for it, the ledger does not have it. So the next list passes it on again.
 *
 * It asks nothing if another run asked less than a minute ago, if the site wants a pause, or while the invoker may
 * still be passing on the questions of the last run. Both together could take more than half of the host's limits.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED; DOCUMENT_REFUSED, LEDGER_MALFORMED for the document that notes
 *   how far it has come; SETTINGS_INVALID if the API refuses the request.
 */
export async function collectQuestions(given: QuestionPorts): Promise<Collected> {
  const ports = { ...given, store: { ...given.store, ...patient(given.store, given) } };
  const begun = await begin(ports);
  if (begun === undefined) return { questions: [], until: clock(ports) };
  const { next, ...progress } = begun;
  const since = addMs(progress.t, -OVERLAP as DurationMs);
  const place = next ?? { since, page: 1, begunAt: progress.askedAt, isWhole: true };
  const found: Found = { unstored: new Map(), t: progress.t, wait: 0 as DurationMs, place, isAtEnd: false };
  const failure = await readList(found, ports);
  found.wait = failure?.wait ?? found.wait;
  if (failure?.kind === 'later') {
    ports.log.warn(`Stack Exchange gives no questions now: ${failure.message}`, { waitSeconds: failure.wait / 1_000 });
  }
  const questions = [...found.unstored.values()];
  const until = fullMinute(addMs(clock(ports), minutes(Math.ceil(questions.length / PER_MINUTE))));
  const notBefore = Math.max(addMs(clock(ports), found.wait), until);
  const written = await ports.store.put({ ...progress, ...reached(found), notBefore });
  // The questions are passed on all the same. The next run reads the same part of the list again.
  if (written.kind === 'refused') ports.log.error(refusedError(progress._id, written).message);
  if (failure?.kind !== 'refused') return { questions, until };
  throw new CascadeError(
    'SETTINGS_INVALID',
    `Stack Exchange refuses the request (${failure.message}): look at QUESTIONS_SITE, QUESTIONS_TAGS and QUESTIONS_KEY.`,
  );
}

/** The full minute that is nearest to an instant. The host counts activations by minutes of the clock. */
const fullMinute = (instant: EpochMs): EpochMs => (Math.round(instant / minutes(1)) * minutes(1)) as EpochMs;

/** Up to where the ledger has the questions, and where the next run goes on if the list has not ended. */
function reached({ t, place, isAtEnd }: Found): Pick<QuestionsDocument, 't' | 'next'> {
  if (!isAtEnd) return { t, next: place };
  // The ledger may have everything that was active when the list was begun. Then no later list needs to begin before
  // that. Or each would read the last burst of questions again, until somebody asks a new one.
  const quiet = addMs(place.begunAt, -CLOCKS_APART as DurationMs);
  return { t: place.isWhole && quiet > t ? quiet : t };
}

/** Notes that this run asks the site now. Undefined if the site must not be asked yet, or another run asks it. */
async function begin(ports: QuestionPorts): Promise<QuestionsDocument | undefined> {
  const { store, site } = ports;
  const _id = questionsId(site);
  const stored = await store.get(_id);
  const known = stored && readQuestions(stored);
  const now = clock(ports);
  if (known !== undefined && now < Math.max(addMs(known.askedAt, SPACING), known.notBefore ?? 0)) return undefined;
  const pause = { askedAt: now, notBefore: addMs(now, UNKNOWN_PAUSE) };
  // An earlier version took over an activity in the future, and found no question any more.
  const t = known === undefined || known.t > now ? addMs(now, -FIRST as DurationMs) : known.t;
  const progress = { ...(known ?? { _id, schema: 1, type: 'questions' }), t, ...pause } as const;
  const written = await store.put(progress);
  if (written.kind === 'refused') throw refusedError(_id, written);
  return written.kind === 'stored' ? { ...progress, _rev: written.rev } : undefined;
}
