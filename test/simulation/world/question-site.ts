import type {
  AskedQuestion,
  QuestionsAnswer,
  QuestionsWanted,
} from '../../../src/clients/stack-exchange/questions-port.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { Random } from './random.ts';

/** How the site treats its clients. */
export interface SiteRules {
  /** How likely a request is throttled or fails. */
  readonly failures: number;
  /** How likely an answer asks for a pause. */
  readonly backoffs: number;
  readonly quota: number;
}

const PAGE = 100;
const DAY_MS = 86_400_000;
const MOST_A_SECOND = 30;

/** A Stack Exchange site by docs/stack-exchange.md, at world time. It notes requests that break its rules. */
export class QuestionSite {
  readonly questions = new Map<number, AskedQuestion>();
  readonly broken: string[] = [];
  requests = 0;
  #quotaSince = Number.NEGATIVE_INFINITY;
  #quotaLeft = 0;
  #notBefore = 0;
  #recent: number[] = [];
  readonly #rules: SiteRules;
  readonly #random: Random;

  constructor(rules: SiteRules, random: Random) {
    this.#rules = rules;
    this.#random = random;
  }

  /** Somebody asks, answers or edits. The site's times have whole seconds. */
  put(questionId: number, changes: Partial<AskedQuestion>, now: number): void {
    const activeAt = (Math.floor(now / 1_000) * 1_000) as EpochMs;
    const known = this.questions.get(questionId) ?? {
      ...{ site: 'stackoverflow', questionId, title: `Question ${questionId}`, link: 'https://stackoverflow.com/' },
      ...{ tags: ['qlik-sense'], answers: 0, isAnswered: false, isAccepted: false, score: 0, createdAt: activeAt },
      activeAt,
    };
    this.questions.set(questionId, { ...known, activeAt, ...changes });
  }

  list({ since, page }: QuestionsWanted, now: number): QuestionsAnswer {
    this.requests += 1;
    this.#watch(now);
    const { failures, backoffs } = this.#rules;
    if (this.#random.chance(failures / 2)) return this.#later(this.#random.between(5, 120), now);
    if (this.#random.chance(failures / 2)) return { kind: 'later', wait: 60_000 as never, message: '500 (simulated)' };
    this.#quotaLeft -= 1;
    const found = [...this.questions.values()]
      .filter(({ activeAt }) => activeAt >= Math.floor(since / 1_000) * 1_000)
      .sort((a, b) => a.activeAt - b.activeAt || a.questionId - b.questionId);
    const seconds = this.#random.chance(backoffs) ? this.#random.between(1, 90) : undefined;
    if (seconds !== undefined) this.#notBefore = now + seconds * 1_000;
    return {
      kind: 'listed',
      questions: found.slice((page - 1) * PAGE, page * PAGE),
      hasMore: page * PAGE < found.length,
      quotaLeft: this.#quotaLeft,
      ...(seconds !== undefined && { pause: ((seconds + 2) * 1_000) as never }),
    };
  }

  #later(seconds: number, now: number): QuestionsAnswer {
    this.#notBefore = now + seconds * 1_000;
    return { kind: 'later', wait: (seconds * 1_000) as never, message: '502 (simulated)' };
  }

  #watch(now: number): void {
    if (now - this.#quotaSince >= DAY_MS) [this.#quotaSince, this.#quotaLeft] = [now, this.#rules.quota];
    this.#recent = [...this.#recent.filter((at) => at > now - 1_000), now];
    if (now < this.#notBefore) this.broken.push('asked during a pause');
    if (this.#quotaLeft <= 0) this.broken.push('asked beyond the quota');
    if (this.#recent.length > MOST_A_SECOND) this.broken.push('asked too often in a second');
  }
}
