/*
 * The simulated Stack Exchange imitates the API of Stack Exchange 2.3, so that `npm start` and the tests do not call
 * the real one. This file keeps its questions, and lists them as a call asks for.
 */

/** A question in the API's own form. Instants are in seconds since 1970. It may have fields that are not named here. */
export interface SimQuestion {
  readonly question_id: number;
  /** HTML entities are encoded (`&amp;`), as in the API's other texts (fact se-text-01). */
  readonly title: string;
  readonly tags: readonly string[];
  readonly creation_date: number;
  readonly last_activity_date: number;
  readonly score: number;
  readonly [field: string]: unknown;
}

/** Which questions a call asks for. */
export interface QuestionQuery {
  /** `any`: a question has at least one of the tags (`/search`); `all`: it has each of them (`/questions`). */
  readonly tagged: { readonly tags: readonly string[]; readonly how: 'any' | 'all' };
  readonly ids: readonly number[];
  readonly sort: keyof typeof FIELD_OF;
  readonly isAscending: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly fromdate: number | undefined;
  readonly todate: number | undefined;
}

/** The field by which each order sorts, and in which `min` and `max` are (fact se-list-03). */
export const FIELD_OF = { activity: 'last_activity_date', creation: 'creation_date', votes: 'score' } as const;

/** The questions of one site. */
export class QuestionList {
  readonly #questions = new Map<number, SimQuestion>();
  #lastId = 1_000;

  /** How many questions there are. */
  get size(): number {
    return this.#questions.size;
  }

  /**
   * Adds a question. If there is one with this `question_id`, this changes the fields that are given. A field that a
   * new question lacks gets a usual value. Without `last_activity_date` the question is active now.
   *
   * @param now - in seconds since 1970.
   */
  put(given: Readonly<Record<string, unknown>>, site: string, now: number): SimQuestion {
    const id = Number(given['question_id'] ?? this.#lastId + 1);
    this.#lastId = Math.max(this.#lastId, id);
    const before = this.#questions.get(id) ?? usual(id, site, now);
    const question: SimQuestion = { ...before, last_activity_date: now, ...given, question_id: id };
    this.#questions.set(id, question);
    return question;
  }

  /** Deletes a question. Nothing lists it afterwards (fact se-question-02). @returns whether there was one. */
  delete(id: number): boolean {
    return this.#questions.delete(id);
  }

  /** The questions that a call asks for, sorted, of all pages. */
  find(query: QuestionQuery): readonly SimQuestion[] {
    const { sort, isAscending } = query;
    const field = FIELD_OF[sort];
    const sign = isAscending ? 1 : -1;
    return [...this.#questions.values()]
      .filter((question) => isAskedFor(question, query))
      .sort((one, other) => sign * (one[field] - other[field] || one.question_id - other.question_id));
  }
}

function isAskedFor(question: SimQuestion, query: QuestionQuery): boolean {
  const { tagged, ids, sort, min, max, fromdate, todate } = query;
  if (ids.length > 0 && !ids.includes(question.question_id)) return false;
  const has = (tag: string): boolean => question.tags.includes(tag);
  const isTagged = tagged.how === 'any' ? tagged.tags.some(has) : tagged.tags.every(has);
  if (tagged.tags.length > 0 && !isTagged) return false;
  return isWithin(question[FIELD_OF[sort]], min, max) && isWithin(question.creation_date, fromdate, todate);
}

/** Both bounds are inclusive (fact se-list-03). */
const isWithin = (value: number, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): boolean =>
  value >= least && value <= most;

/** What a new question has if nothing else is given. */
const usual = (id: number, site: string, now: number): SimQuestion => ({
  tags: ['qlik-sense'],
  owner: {
    user_id: 1,
    user_type: 'registered',
    display_name: 'Ann',
    reputation: 101,
    link: `https://${site}.com/users/1`,
  },
  is_answered: false,
  view_count: 1,
  answer_count: 0,
  score: 0,
  last_activity_date: now,
  creation_date: now,
  question_id: id,
  content_license: 'CC BY-SA 4.0',
  link: `https://${site}.com/questions/${id}`,
  title: `Question ${id}`,
});
