import { definedFields } from '../../core/defined-fields.ts';
import { type DurationMs, type EpochMs, instantIn } from '../../core/units.ts';
import type { HttpExchange, HttpRequest } from '../http-exchange.ts';
import { sendOnce } from '../send-once.ts';
import { type CouchAnswer, couchAnswerOf, writeUnavailable } from './couch-answer.ts';
import type { CouchDatabase } from './couch-database.ts';
import type { CouchPort } from './couchdb-port.ts';
import { readIdentity, readOne } from './read-documents.ts';
import type { AskList } from './read-in-pages.ts';
import { listReads } from './read-lists.ts';
import { readBulk, readPut, readPutAfter } from './read-written.ts';
import { type WriteOnce, writeApart } from './write-apart.ts';

/** What a port needs beside the database. */
export interface CouchTools {
  /** A clock in milliseconds that never jumps: `performance.now`. */
  readonly stopwatch: () => number;
  /** The time limit of each request. If the request is repeated, both share it. */
  readonly timeout: DurationMs;
}

/**
 * Makes the port by which actions and commands use the database of the ledger (Cascade's memory) over HTTP.
 *
 * Each run of an action makes a new port. Between two runs OpenWhisk may freeze the process, and then the stopwatch
 * may stop. So the clock of an old port could be late.
 *
 * If a write gets no answer, it is not sent again. A read is sent a second time if the first was sent over a kept
 * connection that was dead.
 */
export function httpCouchdb(target: CouchDatabase, tools: CouchTools): CouchPort {
  const clock = storeClock(tools.stopwatch);
  const base = `${target.url}/${encodeURIComponent(target.database)}`;
  const send = senderTo(target, tools);
  const write = async (asked: Asked): Promise<CouchAnswer> =>
    clock.setBy(couchAnswerOf(asked.what, await send(asked), writeUnavailable));
  const read = async (asked: Asked): Promise<CouchAnswer> =>
    clock.setBy(couchAnswerOf(asked.what, await send(asked, 'twice')));

  const askList: AskList = async ({ path, unavailable, ...request }) => {
    const sent = await send({ ...request, url: `${base}/${path}` }, 'twice');
    if (sent.kind === 'no-answer' && sent.isTooLarge === true) return undefined;
    return clock.setBy(couchAnswerOf(request.what, sent, unavailable));
  };
  const once: WriteOnce = {
    async bulk(docs) {
      const asked = { what: '_bulk_docs', method: 'POST', url: `${base}/_bulk_docs`, json: { docs } } as const;
      return readBulk(docs, await write(asked));
    },
    async put(document, refusal) {
      const { _id: id } = document;
      const url = `${base}/${encodeURIComponent(id)}`;
      const answer = await write({ what: id, method: 'PUT', url, json: document });
      return refusal === undefined ? readPut(document, answer) : readPutAfter(document, refusal, answer);
    },
  };

  const lists = listReads(askList);
  return {
    now: clock.now,
    async get(id) {
      const answer = await askList({ what: id, method: 'GET', path: encodeURIComponent(id) });
      // A document that is too large for an answer: `many` reads only its id and rev.
      return answer === undefined ? (await lists.many([id]))[0] : readOne(answer);
    },
    put: (document) => once.put(document),
    bulk: (documents) => writeApart(documents, once),
    ...lists,
    async identity() {
      const server = await read({ what: 'the server', method: 'GET', url: `${target.url}/` });
      return readIdentity(server, await read({ what: 'the database', method: 'GET', url: base }));
    },
  };
}

type Asked = Pick<HttpRequest, 'method' | 'url' | 'json'> & { readonly what: string };

function senderTo({ authorization }: CouchDatabase, { stopwatch, timeout }: CouchTools) {
  const headers = definedFields({ authorization });
  return async ({ method, url, json }: Asked, mayRepeat?: 'twice'): Promise<HttpExchange> => {
    const request = { method, url, headers, ...definedFields({ json }) };
    const startedAt = stopwatch();
    const answer = await sendOnce({ ...request, timeout });
    if (mayRepeat === undefined || answer.kind === 'answered' || answer.wasStale !== true) return answer;
    const left = Math.max(1, timeout - (stopwatch() - startedAt)) as DurationMs;
    return sendOnce({ ...request, timeout: left });
  };
}

/** CouchDB's clock: its last `Date` header, plus what the stopwatch has measured since that answer. */
function storeClock(stopwatch: () => number) {
  let last: { readonly date: EpochMs; readonly at: number } | undefined;
  return {
    now: (): EpochMs | undefined => last && (Math.floor(last.date + stopwatch() - last.at) as EpochMs),
    setBy(answer: CouchAnswer): CouchAnswer {
      const date = instantIn(answer.date);
      if (date !== undefined) last = { date, at: stopwatch() };
      return answer;
    },
  };
}
