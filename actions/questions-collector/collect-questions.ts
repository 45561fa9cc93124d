/*
 * People who look after Qlik apps may want to see what their community asks. So the action `questions/collector` asks a
 * Stack Exchange site every 10 minutes for questions, and finds those that are new or have changed. The next actions
 * keep a ticket for each question in the ledger (Cascade's memory).
 *
 * A question becomes active if somebody asks, answers or edits it. The ledger's document `questions:<site>` says up to
 * which activity (`t`) the ledger has the site's questions.
 */

import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { AskedQuestion, QuestionsAnswer, QuestionsPort } from '../../src/clients/stack-exchange/questions-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { alertId, questionsId, questionTicketId } from '../../src/core/document-ids.ts';
import { isNews, type Question } from '../../src/core/tickets/question.ts';
import { addMs, type DurationMs, days, type EpochMs, minutes, seconds } from '../../src/core/units.ts';
import { readOrLog, refusedError } from '../../src/ledger/bad-document.ts';
import { readAlert } from '../../src/ledger/documents/alert.ts';
import { readQuestion } from '../../src/ledger/documents/question.ts';
import { type QuestionsDocument, type QuestionsPlace, readQuestions } from '../../src/ledger/documents/questions.ts';
import { type LedgerPorts, storeTime } from '../../src/ledger/ledger-ports.ts';
import { patient } from '../../src/ledger/patient-store.ts';

/** What collecting questions needs from the world. */
export interface QuestionPorts extends LedgerPorts {
  readonly api: QuestionsPort;
  /** The site's name in the API. */
  readonly site: string;
}

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

/**
 * The most questions of one run, and more than a page has. The invoker starts an activation (a run of an action) for
 * each. At 28 a minute, this many take nine minutes, and the next alarm comes after ten.
 */
const MOST = 250;
/** The most requests of one run. The pauses between them (`PAUSE_MS`) add up to 6 s. */
const MOST_REQUESTS = 40;
/** In milliseconds. The API drops what exceeds 30 requests in a second (se-throttle-03). */
const PAUSE_MS = 150;
/**
 * If fewer requests than this are left of the day's quota, they are spread over 24 hours: the day may have just begun.
 */
const LOW_QUOTA = 20;
/** The API has at most this long to answer one request. */
const LONGEST_REQUEST = seconds(20);
/**
 * Time kept for the last request. It takes at most 20 s, with a pause of 150 ms before it. Then CouchDB has 10 s to
 * give the tickets of its questions, and 10 s to store the last write.
 */
const RESERVE = seconds(41);

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
  if (begun === undefined) return { questions: [], until: storeTime(ports) };
  const { next, ...progress } = begun;
  const since = addMs(progress.t, -OVERLAP as DurationMs);
  const place = next ?? { since, page: 1, begunAt: progress.askedAt, isWhole: true };
  const found: Found = { unstored: new Map(), t: progress.t, wait: 0 as DurationMs, place, isAtEnd: false };
  const failure = await readList(found, ports);
  if (failure?.kind === 'later') {
    ports.log.warn(`Stack Exchange gives no questions now: ${failure.message}`, { waitSeconds: failure.wait / 1_000 });
  }
  const questions = [...found.unstored.values()];
  const until = fullMinute(addMs(storeTime(ports), minutes(Math.ceil(questions.length / PER_MINUTE))));
  const notBefore = Math.max(addMs(storeTime(ports), found.wait), until);
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
  const now = storeTime(ports);
  if (known !== undefined && now < Math.max(addMs(known.askedAt, SPACING), known.notBefore ?? 0)) return undefined;
  const pause = { askedAt: now, notBefore: addMs(now, UNKNOWN_PAUSE) };
  // An earlier version took over an activity in the future, and found no question any more.
  const t = known === undefined || known.t > now ? addMs(now, -FIRST as DurationMs) : known.t;
  const progress = { ...(known ?? { _id, schema: 1, type: 'questions' }), t, ...pause } as const;
  const written = await store.put(progress);
  if (written.kind === 'refused') throw refusedError(_id, written);
  return written.kind === 'stored' ? { ...progress, _rev: written.rev } : undefined;
}

type Failure = Exclude<QuestionsAnswer, { kind: 'listed' }>;

/** What one run has found. */
interface Found {
  /** The questions that the ledger does not show yet, by the ids of their tickets. At most 250. */
  readonly unstored: Map<string, Question>;
  /** The ledger has the site's questions up to this activity. */
  t: EpochMs;
  /** How long the site must not be asked. */
  wait: DurationMs;
  /** The next page of the list. */
  place: QuestionsPlace;
  /** Whether the whole list is read. */
  isAtEnd: boolean;
}

/** Reads the list from `found.place` on, into `found`. @returns the API's answer if it has no questions. */
async function readList(found: Found, ports: QuestionPorts): Promise<Failure | undefined> {
  for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
    if (requests > 0) await ports.sleep(PAUSE_MS);
    const { since, page } = found.place;
    const answer = await ports.api.list({ since, page }, LONGEST_REQUEST);
    found.wait = answer.kind === 'listed' ? waitAfter(answer) : answer.wait;
    if (answer.kind !== 'listed') return answer;
    // If the page has more than fits into this run, the next run reads it again. By then it shows less that is new.
    if (!(await addUnstored(answer.questions, found, ports))) return undefined;
    const { activeAt } = answer.questions.at(-1) ?? { activeAt: since };
    // A question that becomes active meanwhile goes to the end of the list, and would move the later pages. So the next
    // request asks from the last activity on. Only if a whole page has the same activity, it asks for the next page.
    found.place = { ...found.place, since: activeAt, page: activeAt > since ? 1 : page + 1 };
    found.isAtEnd = !answer.hasMore;
    if (found.isAtEnd || found.wait > 0 || found.unstored.size >= MOST || isLate(ports)) return undefined;
  }
  return undefined;
}

const isLate = ({ now, deadline }: QuestionPorts): boolean => addMs(now(), RESERVE) > deadline;

/** How long not to ask: the pause that the API wants, or what spreads the rest of a low quota over 24 hours. */
const waitAfter = ({ pause, quotaLeft = LOW_QUOTA }: Extract<QuestionsAnswer, { kind: 'listed' }>): DurationMs =>
  Math.max(pause ?? 0, quotaLeft < LOW_QUOTA ? days(1) / (quotaLeft + 1) : 0) as DurationMs;

/**
 * Adds the questions of a page that have to be stored. Until the first of these, `found.t` moves on with each question,
 * but not beyond the list's beginning: a question that became active after that may be listed late.
 *
 * @returns false if the page has more of them than one run takes.
 */
async function addUnstored(asked: readonly AskedQuestion[], found: Found, ports: QuestionPorts): Promise<boolean> {
  const { unstored } = found;
  const ids = asked.map(({ site, questionId }) => questionTicketId(site, questionId));
  const seenAt = storeTime(ports);
  const documents = await ports.store.many([...ids, ...ids.map((id) => alertId('not-stored', id))]);
  for (const [index, id] of ids.entries()) {
    const question = { ...(asked[index] as AskedQuestion), seenAt };
    const { activeAt } = question;
    const { begunAt, isWhole } = found.place;
    if (isDone(question, documents[index], documents[ids.length + index], ports)) {
      if (isWhole && activeAt > found.t) found.t = activeAt < begunAt ? activeAt : begunAt;
      continue;
    }
    if (unstored.size >= MOST && !unstored.has(id)) return false;
    unstored.set(id, question);
    // With a date after the list's beginning, or in the future, the question is in the next list anyway.
    if (activeAt <= begunAt) found.place = { ...found.place, isWhole: false };
  }
  return true;
}

/**
 * Whether the ledger shows a question, or nobody can store it. If the ticket is malformed, the storer leaves it alone.
 * If CouchDB refuses the ticket for good, there is an alert. After that the question is tried again only if it changes.
 */
function isDone(
  question: Question,
  ticket: StoredDocument | undefined,
  alert: StoredDocument | undefined,
  { log }: QuestionPorts,
): boolean {
  const known = readOrLog(ticket, readQuestion, log);
  const refused = readOrLog(alert, readAlert, log);
  const isRefused = refused !== undefined && (refused.lastAt ?? refused.at) >= question.activeAt;
  return isRefused || (ticket !== undefined && known === undefined) || !isNews(question, known);
}
