/*
 * `npm start --questions` also runs the questions pipeline, with a simulated Stack Exchange. This file starts that
 * site, lets questions be asked there, and starts the pipeline again and again.
 */

import { setTimeout } from 'node:timers/promises';
import { startStackExchange } from '../../sim/stack-exchange/start-stack-exchange.ts';
import type { Ready } from './reporter.ts';

/** A simulated Stack Exchange that runs. */
export interface StartedQuestions {
  readonly ready: NonNullable<Ready['stackExchange']>;
  /** The settings of a deployment with the questions pipeline. */
  readonly settings: Readonly<Record<'QUESTIONS_TAGS' | 'QUESTIONS_URL', string>>;
}

/** What people ask, in the API's own form. */
const EXAMPLES = [
  {
    title: 'Why is &quot;Sum&quot; 0 in my set analysis?',
    tags: ['qlik-sense', 'set-analysis'],
    answer_count: 1,
    score: 2,
  },
  { title: 'Incremental load from REST: which QVD is read?', tags: ['qlikview', 'qvd'], answer_count: 0, score: 0 },
  {
    title: 'Reload fails with &#39;Connector timed out&#39; 😕',
    tags: ['qlik-sense'],
    answer_count: 2,
    is_answered: true,
  },
  {
    title: 'Mashup: how do I keep selections in an iframe?',
    tags: ['qlik-sense', 'javascript'],
    answer_count: 0,
    score: 1,
  },
  { title: 'Section access &amp; inherited rights', tags: ['qlikview'], answer_count: 0, score: 0 },
];
/** So many are there at the start. The others are asked one after another. */
const AT_START = 3;
const ASKED_EVERY_MS = 60_000;
/** The collector asks the site at most once a minute. The deployed alarm would come only every 10 minutes. */
const COLLECT_EVERY_MS = 20_000;

/**
 * Starts a simulated Stack Exchange with some questions.
 *
 * @param signal - when it is aborted, no more questions are asked.
 */
export async function startQuestions(
  signal: AbortSignal,
  onEnd: (end: () => Promise<unknown>) => void,
): Promise<StartedQuestions> {
  const { url, control, close } = await startStackExchange();
  onEnd(close);
  const ask = (question: object): Promise<unknown> =>
    fetch(`${control}/questions`, { method: 'POST', body: JSON.stringify(question) });
  for (const question of EXAMPLES.slice(0, AT_START)) await ask(question);
  const asked = (async () => {
    for (const question of EXAMPLES.slice(AT_START)) {
      await setTimeout(ASKED_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
      if (!signal.aborted) await ask(question);
    }
  })();
  onEnd(() => asked);
  return { ready: { url, control }, settings: { QUESTIONS_TAGS: 'qlik-sense;qlikview', QUESTIONS_URL: url } };
}

/** Starts the pipeline now, and again 20 seconds after each run, until the signal is aborted. */
export async function collectOften(collect: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A run that fails does not matter: the next one does its work.
    await collect().catch(() => {});
    await setTimeout(COLLECT_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}
