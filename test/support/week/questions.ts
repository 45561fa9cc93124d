import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { questionsId, questionTicketId } from '../../../src/core/document-ids.ts';
import type { NewAct } from '../../../src/core/tickets/act.ts';
import { actId } from '../../../src/core/tickets/act-id.ts';
import type { Question } from '../../../src/core/tickets/question.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { questionDocument } from '../../../src/ledger/documents/question.ts';
import type { Random } from '../../simulation/world/random.ts';

const SITE = 'stackoverflow';
/** How often Cascade asks for questions, and so how late it may see one. */
const ASKED_EVERY_MS = 4 * 60_000;

/** A time of the week, UTC: day 0 is a Thursday. */
type WeekTime = readonly [day: number, clock: string];

interface WeekQuestion
  extends Pick<Question, 'title' | 'author' | 'reputation' | 'tags' | 'answers' | 'isAccepted' | 'score'> {
  readonly asked: WeekTime;
  /** When somebody last asked, answered or edited the question. */
  readonly active: WeekTime;
  /** The acts of people on the question's ticket. */
  readonly acts: readonly (readonly [when: WeekTime, by: string, act: NewAct])[];
}

/** The community's questions of the week. The site has no questions with these numbers. */
const QUESTIONS: Readonly<Record<number, WeekQuestion>> = {
  99000001: {
    title: 'How do I keep only the newest row of each customer in the load script?',
    ...{ author: 'Mira Lund', reputation: 231, tags: ['qlik-sense', 'load-script'] },
    ...{ answers: 1, isAccepted: true, score: 3, asked: [1, '15:10'], active: [2, '08:40'] },
    acts: [
      [[1, '16:02'], 'ben', { kind: 'own', value: 'ben' }],
      [[2, '08:41'], 'ben', { kind: 'note', value: 'FirstSortedValue with -OrderDate, with the example of our wiki.' }],
      [[2, '08:42'], 'ben', { kind: 'answer', value: 25 }],
    ],
  },
  99000002: {
    title: 'Set analysis: sum of the last 12 months without the current one',
    ...{ author: 'tomasz_k', reputation: 1_840, tags: ['qlik-sense', 'set-analysis'] },
    ...{ answers: 1, isAccepted: false, score: 1, asked: [4, '11:35'], active: [4, '12:20'] },
    acts: [
      [[4, '13:00'], 'cleo', { kind: 'own', value: 'cleo' }],
      [[4, '13:01'], 'cleo', { kind: 'tag', value: 'documentation' }],
    ],
  },
  99000003: {
    title: 'QlikView section access: the reduction hides all rows from users of a second domain',
    ...{ author: 'Jo Ferreira', reputation: 12, tags: ['qlikview', 'section-access'] },
    ...{ answers: 0, isAccepted: false, score: 0, asked: [5, '18:05'], active: [5, '18:05'] },
    acts: [],
  },
};

/**
 * The tickets of the week's questions, the acts of people on them, and the place up to which the site is read.
 *
 * @param timeOf - the instant of a time of the week.
 */
export function weekQuestions(
  timeOf: (day: number, clock: string) => EpochMs,
  endsAt: EpochMs,
  random: Random,
): readonly NewDocument[] {
  const questions = Object.entries(QUESTIONS).map(([id, { asked, active, acts, ...shown }]) => {
    const [createdAt, activeAt] = [timeOf(...asked), timeOf(...active)];
    const question: Question = {
      ...{ ...shown, site: SITE, questionId: Number(id), link: `https://stackoverflow.com/questions/${id}` },
      ...{ isAnswered: shown.isAccepted, createdAt, activeAt, seenAt: (activeAt + ASKED_EVERY_MS) as EpochMs },
    };
    return { question, acts };
  });
  const t = Math.max(...questions.map(({ question }) => question.activeAt));
  return [
    ...questions.map(({ question }) => questionDocument(question, { notices: [] })),
    ...questions.flatMap(({ question, acts }) =>
      acts.map(([when, by, act]) => {
        const at = timeOf(...when);
        const subject = questionTicketId(SITE, question.questionId);
        const suffix = random.between(36 ** 5, 36 ** 6 - 1).toString(36);
        return { _id: actId({ subject, at }, suffix), schema: 1, type: 'act', by, at, ...act };
      }),
    ),
    { _id: questionsId(SITE), schema: 1, type: 'questions', t, askedAt: endsAt - 90_000 },
  ];
}
