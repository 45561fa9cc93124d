/*
 * `npm start --questions` also runs the questions pipeline, with a simulated Stack Exchange. This file starts that
 * site, lets questions be asked there, and starts the pipeline again and again.
 */

import { setTimeout } from 'node:timers/promises';
import { startStackExchange } from '../../sim/stack-exchange/start-stack-exchange.ts';

/** What people ask, in the API's own form. */
const EXAMPLES = [
  { title: 'Why is &quot;Sum&quot; 0 in my set analysis?', tags: ['qlik-sense', 'set-analysis'], answer_count: 1 },
  { title: 'Reload fails with &#39;Connector timed out&#39; 😕', tags: ['qlik-sense'], is_answered: true },
  { title: 'Section access &amp; inherited rights', tags: ['qlikview'] },
];
/** The collector asks the site at most once a minute. The deployed alarm would come only every 10 minutes. */
const COLLECT_EVERY_MS = 20_000;

/** Starts a simulated Stack Exchange with some questions. @returns also the settings of a deployment that asks it. */
export async function startQuestions(onEnd: (end: () => Promise<unknown>) => void) {
  const { url, control, close } = await startStackExchange();
  onEnd(close);
  for (const question of EXAMPLES)
    await fetch(`${control}/questions`, { method: 'POST', body: JSON.stringify(question) });
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
