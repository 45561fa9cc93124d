/*
 * People who look after Qlik apps may want to see what their community asks. So the action `questions/collector` asks a
 * Stack Exchange site every 10 minutes for questions, and finds those that are new or have changed. The next actions
 * keep a ticket for each question in the ledger (Cascade's memory).
 *
 * A question becomes active if somebody asks, answers or edits it. The ledger's document `questions:<site>` says up to
 * which activity (`t`) the ledger has the site's questions.
 */

import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { AskedQuestion, QuestionsAnswer, QuestionsPort } from '../../src/clients/stack-exchange/questions-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { questionsId, questionTicketId } from '../../src/core/document-ids.ts';
import { isNews, type Question } from '../../src/core/tickets/question.ts';
import { addMs, type DurationMs, days, type EpochMs, minutes, seconds } from '../../src/core/units.ts';
import { readOrLog, refusedError } from '../../src/ledger/bad-document.ts';
import { readQuestion } from '../../src/ledger/documents/question.ts';
import { type QuestionsDocument, readQuestions } from '../../src/ledger/documents/questions.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import { type Patience, patient } from '../../src/ledger/patient-store.ts';

/** What collecting questions needs from the world. */
export interface QuestionPorts extends Patience {
  readonly store: Pick<CouchPort, 'get' | 'many' | 'bulk' | 'put' | 'now'>;
  readonly api: QuestionsPort;
  /** The site's name in the API. */
  readonly site: string;
  readonly log: LedgerLog;
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
/** The API's answers come from a cache, so a question may be listed late. Each run reads so much of the list again. */
const OVERLAP = minutes(5);
/**
 * The most questions of one run. The invoker starts an activation (a run of an action) for each. At 28 a minute, this
 * many take nine minutes, and the next alarm comes after ten.
 */
const MOST = 250;
/** The invoker's half of OpenWhisk's default of 60 activations a minute, without its reserve of two. */
const PER_MINUTE = 28;
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

type Failure = Exclude<QuestionsAnswer, { kind: 'listed' }>;

/** What one run has found. */
interface Found {
  /** The questions that the ledger does not show yet, by the ids of their tickets. */
  readonly unstored: Map<string, Question>;
  /** The ledger has the site's questions up to this activity. */
  t: EpochMs;
  /** How long the site must not be asked. */
  wait: DurationMs;
}

/**
 * Asks the site for the questions that were active since the last run, and returns those that are new or newer than
 * their tickets: at most 250, the longest inactive first.
 *
 * It notes up to which activity the ledger has the questions, and the next run goes on from there. If a question was
 * passed on and its activation was lost, the ledger does not have it. So the next run passes it on again.
 *
 * It asks nothing if another run asked less than a minute ago, if the site wants a pause, or while the invoker may
 * still be passing on the questions of the last run.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED; DOCUMENT_REFUSED, LEDGER_MALFORMED for the document that notes
 *   how far it has come; SETTINGS_INVALID if the API refuses the request.
 */
export async function collectQuestions(given: QuestionPorts): Promise<readonly Question[]> {
  const ports = { ...given, store: { ...given.store, ...patient(given.store, given) } };
  const progress = await begin(ports);
  if (progress === undefined) return [];
  const found: Found = { unstored: new Map(), t: progress.t, wait: 0 as DurationMs };
  const failure = await readList(progress, found, ports);
  if (failure?.kind === 'later') {
    found.wait = failure.wait;
    ports.log.warn(`Stack Exchange gives no questions now: ${failure.message}`, { waitSeconds: failure.wait / 1_000 });
  }
  const questions = [...found.unstored.values()].slice(0, MOST);
  const firing = minutes(Math.ceil(questions.length / PER_MINUTE));
  const notBefore = addMs(clock(ports), Math.max(found.wait, firing) as DurationMs);
  const written = await ports.store.put({ ...progress, t: Math.max(progress.t, found.t), notBefore });
  // The questions are passed on all the same. The next run reads the same part of the list again.
  if (written.kind === 'refused') ports.log.error(refusedError(progress._id, written).message);
  if (failure?.kind !== 'refused') return questions;
  throw new CascadeError(
    'SETTINGS_INVALID',
    `Stack Exchange refuses the request (${failure.message}): look at QUESTIONS_SITE, QUESTIONS_TAGS and QUESTIONS_KEY.`,
  );
}

/** Notes that this run asks the site now. Undefined if the site must not be asked yet, or another run asks it. */
async function begin(ports: QuestionPorts): Promise<QuestionsDocument | undefined> {
  const { store, site } = ports;
  const _id = questionsId(site);
  const stored = await store.get(_id);
  const known = stored && readQuestions(stored);
  const now = clock(ports);
  if (known !== undefined && now < Math.max(addMs(known.askedAt, SPACING), known.notBefore ?? 0)) return undefined;
  const from = addMs(now, -FIRST as DurationMs);
  const pause = { askedAt: now, notBefore: addMs(now, UNKNOWN_PAUSE) };
  const progress = { ...(known ?? { _id, schema: 1, type: 'questions', t: from }), ...pause } as const;
  const written = await store.put(progress);
  if (written.kind === 'refused') throw refusedError(_id, written);
  return written.kind === 'stored' ? { ...progress, _rev: written.rev } : undefined;
}

/** Reads the list into `found`. @returns the API's answer if it has no questions. */
async function readList(progress: QuestionsDocument, found: Found, ports: QuestionPorts): Promise<Failure | undefined> {
  let wanted = { since: addMs(progress.t, -OVERLAP as DurationMs), page: 1 };
  for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
    if (requests > 0) await ports.sleep(PAUSE_MS);
    const answer = await ports.api.list(wanted, LONGEST_REQUEST);
    if (answer.kind !== 'listed') return answer;
    await addUnstored(answer.questions, found, ports);
    found.wait = waitAfter(answer);
    const { activeAt } = answer.questions.at(-1) ?? { activeAt: wanted.since };
    if (!answer.hasMore || found.wait > 0 || found.unstored.size >= MOST || isLate(ports)) return undefined;
    // A question that becomes active meanwhile goes to the end of the list, and would move the later pages. So the next
    // request asks from the last activity on. Only if a whole page has the same activity, it asks for the next page.
    wanted = { since: activeAt, page: activeAt > wanted.since ? 1 : wanted.page + 1 };
  }
  return undefined;
}

const isLate = ({ now, deadline }: QuestionPorts): boolean => addMs(now(), RESERVE) > deadline;

/** How long not to ask: the pause that the API wants, or what spreads the rest of a low quota over 24 hours. */
const waitAfter = ({ pause, quotaLeft = LOW_QUOTA }: Extract<QuestionsAnswer, { kind: 'listed' }>): DurationMs =>
  Math.max(pause ?? 0, quotaLeft < LOW_QUOTA ? days(1) / (quotaLeft + 1) : 0) as DurationMs;

/**
 * Adds the questions of a page whose tickets do not show them yet. Until the first of these, `found.t` moves on with
 * each question.
 */
async function addUnstored(asked: readonly AskedQuestion[], found: Found, ports: QuestionPorts): Promise<void> {
  const { store, log } = ports;
  const page = asked.map((each) => ({ ...each, seenAt: clock(ports) }));
  const ids = page.map(({ site, questionId }) => questionTicketId(site, questionId));
  const tickets = await store.many(ids);
  for (const [index, question] of page.entries()) {
    const ticket = tickets[index];
    const known = readOrLog(ticket, readQuestion, log);
    // A malformed ticket counts as shown: the storer leaves it alone, so nobody could ever show the question.
    const isMalformed = ticket !== undefined && known === undefined;
    if (isMalformed || !isNews(question, known)) {
      if (found.unstored.size === 0) found.t = question.activeAt;
    } else found.unstored.set(ids[index] ?? '', question);
  }
}

/** The store's clock (CouchDB's). Before the store's first answer it is the clock of this machine. */
const clock = ({ store, now }: QuestionPorts): EpochMs => store.now() ?? now();
