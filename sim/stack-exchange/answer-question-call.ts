/*
 * The simulated Stack Exchange imitates the API of Stack Exchange 2.3, so that `npm start` and the tests do not call
 * the real one. This file answers the calls that read questions.
 */

import { API_ERRORS, ApiError, isApiErrorId } from './api-errors.ts';
import { FIELD_OF, type QuestionList, type QuestionQuery, type SimQuestion } from './question-list.ts';

/** One page of an answer. */
export interface QuestionPage {
  readonly items: readonly SimQuestion[];
  readonly has_more: boolean;
}

/** The routes that the simulation serves. For any other path the error is `no_method`. */
export const API_ROUTES = ['/search', '/questions', '/questions/{ids}', '/errors/{id}'] as const;

/**
 * The name of the method that a path calls; undefined if there is none. The API asks for pauses (`backoff`) by method.
 */
export function methodOf(path: string): (typeof API_ROUTES)[number] | undefined {
  if (path === '/search' || path === '/questions') return path;
  // For example `/questions/101;102`.
  if (/^\/questions\/\d+(;\d+)*$/.test(path)) return '/questions/{ids}';
  return /^\/errors\/\d+$/.test(path) ? '/errors/{id}' : undefined;
}

/**
 * Answers a call with a page of questions: 30 a page unless the query says otherwise, at most 100.
 *
 * @param site - the questions of the site that the call names; undefined if there is no such site.
 * @throws ApiError for a wrong parameter, an unknown path or site, or an error that the path asks for.
 */
export function answerQuestionCall(path: string, query: URLSearchParams, site: QuestionList | undefined): QuestionPage {
  const method = methodOf(path);
  const last = path.split('/').at(-1) ?? '';
  if (method === undefined) throw new ApiError(404, 'no method found with this name');
  if (method === '/errors/{id}') throw simulated(Number(last));
  if (site === undefined) {
    const name = query.get('site');
    throw new ApiError(400, name === null ? 'site is required' : `No site found for name \`${name}\``);
  }
  const [page, pagesize] = [numberIn(query, 'page') ?? 1, numberIn(query, 'pagesize') ?? 30];
  if (page < 1) throw new ApiError(400, 'page');
  if (pagesize < 0 || pagesize > 100) throw new ApiError(400, 'pagesize');
  const found = site.find(queryOf(method, last, query));
  const items = found.slice((page - 1) * pagesize, page * pagesize);
  return { items, has_more: page * pagesize < found.length };
}

function simulated(id: number): ApiError {
  if (!isApiErrorId(id)) return new ApiError(400, 'id');
  return new ApiError(id, `simulating ${API_ERRORS[id]}`);
}

function queryOf(method: string, ids: string, query: URLSearchParams): QuestionQuery {
  const tags = (query.get('tagged') ?? '').split(';').filter((tag) => tag !== '');
  if (method === '/search' && tags.length === 0) throw new ApiError(400, 'one of tagged or intitle must be set');
  const sort = query.get('sort') ?? 'activity';
  if (!Object.hasOwn(FIELD_OF, sort)) throw new ApiError(400, 'sort');
  const order = query.get('order') ?? 'desc';
  if (order !== 'desc' && order !== 'asc') throw new ApiError(400, 'order');
  return {
    tagged: { tags, how: method === '/search' ? 'any' : 'all' },
    ids: method === '/questions/{ids}' ? ids.split(';').map(Number) : [],
    sort: sort as QuestionQuery['sort'],
    isAscending: order === 'asc',
    min: numberIn(query, 'min'),
    max: numberIn(query, 'max'),
    fromdate: numberIn(query, 'fromdate'),
    todate: numberIn(query, 'todate'),
  };
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^-?\d+$/.test(text)) throw new ApiError(400, name);
  return Number(text);
}
