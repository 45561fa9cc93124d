/*
 * Asks the Stack Exchange API 2.3 for questions with certain tags, such as qlik-sense. The action questions-collector
 * uses it, so that people hear of new questions. docs/stack-exchange.md has the facts about the API.
 */

import { decodeHTML } from 'entities/decode';
import { definedFields } from '../../core/defined-fields.ts';
import { isJsonObject, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import { clipped, LONGEST_WORD } from '../../core/outside-text.ts';
import { type DurationMs, days, type EpochMs, isInstant, minutes, seconds } from '../../core/units.ts';
import { exchange } from '../http-exchange.ts';
import { type AnswerHeaders, retryAfterIn } from '../retry-after.ts';
import type { AskedQuestion, QuestionsPort } from './questions-port.ts';

/** Which questions of which site. */
export interface StackExchangeSite {
  /** The API's address with its version. */
  readonly url: string;
  readonly site: string;
  /** With `;` between. A question with any of them is listed. */
  readonly tags: string;
  readonly key?: string;
}

/** The largest page that the API gives (fact se-page-01). */
const PAGE = '100';
/** The least wait before the same request is sent again. */
const TRY_AGAIN = minutes(1);
/** How long to wait if the API has had too many requests, and does not say for how long it takes none. */
const THROTTLED = minutes(10);
/** Added to the `backoff` that the API asks for. Some users waited one second more, and it was not enough. */
const MORE = seconds(2);
/** The API's error id for too many requests (fact se-error-01). */
const TOO_MANY = 502;
/** The error ids after which the same request may succeed later. An error of the API has one: else a proxy answered. */
const MAY_PASS: readonly unknown[] = [undefined, 500, TOO_MANY, 503];
/** In UTF-16 units. Stack Exchange takes titles of up to 150 characters. */
const LONGEST_TITLE = 300;
const LONGEST_LINK = 500;

/** Makes the port that asks the API for the questions of one site with certain tags. */
export function httpStackExchange({ url, site, tags, key }: StackExchangeSite): QuestionsPort {
  const fixed = { site, tagged: tags, sort: 'activity', order: 'asc', pagesize: PAGE, ...definedFields({ key }) };
  return {
    async list({ since, page }, timeout) {
      const query = new URLSearchParams({ ...fixed, min: String(Math.floor(since / 1_000)), page: String(page) });
      const answer = await exchange({ method: 'GET', url: `${url}/search?${query}`, timeout });
      if (answer.kind === 'no-answer') return { kind: 'later', wait: TRY_AGAIN, message: answer.message };
      const wrapper = isJsonObject(answer.json) ? answer.json : {};
      const pause = pauseIn(wrapper, answer.headers);
      if (answer.status === 200 && Array.isArray(wrapper['items'])) {
        return {
          kind: 'listed',
          questions: wrapper['items'].flatMap((item) => (isJsonObject(item) ? (questionIn(item, site) ?? []) : [])),
          hasMore: wrapper['has_more'] === true,
          ...definedFields({ quotaLeft: numberOf(wrapper['quota_remaining']), pause }),
        };
      }
      const { error_id: id, error_name: name = '', error_message: text = '' } = wrapper;
      const said = `${answer.status} ${name}: ${text}`;
      return {
        kind: MAY_PASS.includes(id) ? 'later' : 'refused',
        message: clipped(key === undefined ? said : said.replaceAll(key, '***'), LONGEST_WORD),
        wait: Math.max(TRY_AGAIN, pause ?? (id === TOO_MANY ? THROTTLED : 0)) as DurationMs,
      };
    },
  };
}

/**
 * How long an answer asks for no further request, at most a day. It may say that in up to three places: `backoff`, the
 * words of an error, and the `Retry-After` of a proxy. The longest counts.
 */
function pauseIn({ backoff, error_message: text }: JsonObject, headers: AnswerHeaders): DurationMs | undefined {
  const [, inWords = 0] = /available in (\d{1,6}) seconds/.exec(String(text)) ?? [];
  const inWrapper = typeof backoff === 'number' ? seconds(backoff) + MORE : 0;
  const longest = Math.max(inWrapper, seconds(Number(inWords)), retryAfterIn(headers) ?? 0);
  return longest === 0 ? undefined : (Math.min(longest, days(1)) as DurationMs);
}

/** Reads a question; undefined if it has no usable id or dates, because Cascade stores and finds questions by them. */
function questionIn(item: JsonObject, site: string): AskedQuestion | undefined {
  const owner = objectOf(item, 'owner');
  const questionId = numberOf(item['question_id']);
  const [createdAt, activeAt] = [instantOf(item, 'creation_date'), instantOf(item, 'last_activity_date')];
  if (questionId === undefined || questionId < 1 || createdAt === undefined || activeAt === undefined) return undefined;
  const link = textOf(item, 'link') ?? '';
  const author = textOf(owner, 'display_name');
  const tags = Array.isArray(item['tags']) ? item['tags'] : [];
  return {
    site,
    questionId,
    title: plain(textOf(item, 'title') ?? '', LONGEST_TITLE),
    // A link of another kind, such as javascript:, must not get onto the dashboard.
    link: /^https?:\/\//.test(link) && link.length <= LONGEST_LINK ? link : '',
    tags: tags.filter((tag) => typeof tag === 'string' && tag !== ''),
    answers: Math.max(0, numberOf(item['answer_count']) ?? 0),
    isAnswered: item['is_answered'] === true,
    isAccepted: typeof item['accepted_answer_id'] === 'number',
    score: numberOf(item['score']) ?? 0,
    createdAt,
    activeAt,
    ...definedFields({ author: author && plain(author, LONGEST_WORD), reputation: numberOf(owner['reputation']) }),
  };
}

/** A text whose HTML entities, such as `&quot;`, are decoded (fact se-text-01). */
const plain = (text: string, longest: number): string => clipped(decodeHTML(text), longest);

const numberOf = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? Number(value) : undefined);

/** A date of the API: whole seconds (fact se-date-01). */
function instantOf(item: JsonObject, name: string): EpochMs | undefined {
  const instant = (numberOf(item[name]) ?? -1) * 1_000;
  return isInstant(instant) ? instant : undefined;
}
