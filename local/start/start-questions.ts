/*
 * Cascade can also bring the questions of a Stack Exchange site to people, beside failed reloads. To try that, `npm
 * start -- --questions` has a simulated site. This file starts the site, asks some questions there, and again and again
 * has Cascade look for new ones.
 */

import { setTimeout } from 'node:timers/promises';
import { startStackExchange } from '../../sim/stack-exchange/start-stack-exchange.ts';

/** Example questions in the form of Stack Exchange's API, with character references of HTML, such as `&quot;`. */
const EXAMPLES = [
  { title: 'Why is &quot;Sum&quot; 0 in my set analysis?', tags: ['qlik-sense', 'set-analysis'], answer_count: 1 },
  { title: 'Reload fails with &#39;Connector timed out&#39; 😕', tags: ['qlik-sense'], is_answered: true },
  { title: 'Section access &amp; inherited rights', tags: ['qlikview'] },
];
/**
 * How often Cascade looks, in milliseconds. The deployed alarm would come only every 10 minutes, too late for somebody
 * who tries it. The action asks the site at most once a minute, however often it runs.
 */
const COLLECT_EVERY_MS = 20_000;

/**
 * Starts a simulated Stack Exchange with some questions. @returns its addresses, and the settings that Cascade needs.
 */
export async function startQuestions(onEnd: (end: () => Promise<unknown>) => void) {
  const { url, control, close } = await startStackExchange();
  onEnd(close);
  for (const question of EXAMPLES)
    await fetch(`${control}/questions`, { method: 'POST', body: JSON.stringify(question) });
  return { ready: { url, control }, settings: { QUESTIONS_TAGS: 'qlik-sense;qlikview', QUESTIONS_URL: url } };
}

/**
 * Has Cascade look for new questions now, and again 20 seconds after each look, until the signal is aborted.
 *
 * @param collect - one look.
 */
export async function collectOften(collect: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A look that fails does not matter: the next one finds the same questions.
    await collect().catch(() => {});
    await setTimeout(COLLECT_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}
