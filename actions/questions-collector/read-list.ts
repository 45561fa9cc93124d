/*
 * People who look after Qlik apps may want to see what their community asks. The action `questions/collector` asks a
 * Stack Exchange site for questions. This file reads the site's list of them, and finds those that the ledger
 * (Cascade's memory) does not show yet.
 */

import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { AskedQuestion, QuestionsAnswer, QuestionsPort } from '../../src/clients/stack-exchange/questions-port.ts';
import { alertId, questionTicketId } from '../../src/core/document-ids.ts';
import { isNews, type Question } from '../../src/core/tickets/question.ts';
import { addMs, type DurationMs, days, type EpochMs, seconds } from '../../src/core/units.ts';
import { readOrLog } from '../../src/ledger/bad-document.ts';
import { readAlert } from '../../src/ledger/documents/alert.ts';
import { readQuestion } from '../../src/ledger/documents/question.ts';
import type { QuestionsPlace } from '../../src/ledger/documents/questions.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';
import type { Patience } from '../../src/ledger/patient-store.ts';

/** What collecting questions needs from the world. */
export interface QuestionPorts extends Patience {
  readonly store: Pick<CouchPort, 'get' | 'many' | 'bulk' | 'put' | 'now'>;
  readonly api: QuestionsPort;
  /** The site's name in the API. */
  readonly site: string;
  readonly log: LedgerLog;
}

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

type Failure = Exclude<QuestionsAnswer, { kind: 'listed' }>;

/** What one run has found. */
export interface Found {
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
export async function readList(found: Found, ports: QuestionPorts): Promise<Failure | undefined> {
  for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
    if (requests > 0) await ports.sleep(PAUSE_MS);
    const { since, page } = found.place;
    const answer = await ports.api.list({ since, page }, LONGEST_REQUEST);
    if (answer.kind !== 'listed') return answer;
    found.wait = waitAfter(answer);
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
  const seenAt = clock(ports);
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

/** The store's clock (CouchDB's). Before the store's first answer it is the clock of this machine. */
export const clock = ({ store, now }: QuestionPorts): EpochMs => store.now() ?? now();
