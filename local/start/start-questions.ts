/*
 * Cascade can also bring the questions of a Stack Exchange site to people, beside failed reloads. To try that, `npm
 * start -- --questions` has a simulated site. This file starts the site, and asks some questions there.
 */

import { startStackExchange } from '../../sim/stack-exchange/start-stack-exchange.ts';

/** Example questions in the form of Stack Exchange's API, with character references of HTML, such as `&quot;`. */
const EXAMPLES = [
  { title: 'Why is &quot;Sum&quot; 0 in my set analysis?', tags: ['qlik-sense', 'set-analysis'], answer_count: 1 },
  { title: 'Reload fails with &#39;Connector timed out&#39; 😕', tags: ['qlik-sense'], is_answered: true },
  { title: 'Section access &amp; inherited rights', tags: ['qlikview'] },
];

/**
 * The time from one example to the next. Questions get three messages of a channel in 85 s. So a person's own question
 * is announced soon, because the examples leave room for it.
 */
const NEXT_EXAMPLE_MS = 180_000;

/**
 * Starts a simulated Stack Exchange. The first example is asked there at once, and another one every 3 minutes.
 *
 * @returns its addresses, and the settings that Cascade needs.
 */
export async function startQuestions(onEnd: (end: () => Promise<unknown>) => void) {
  const { url, control, close } = await startStackExchange();
  onEnd(close);
  const ask = (question: object) => fetch(`${control}/questions`, { method: 'POST', body: JSON.stringify(question) });
  // Once the site is closed, it takes no more examples.
  for (const [index, question] of EXAMPLES.entries())
    setTimeout(() => void ask(question).catch(() => {}), index * NEXT_EXAMPLE_MS).unref();
  return { ready: { url, control }, settings: { QUESTIONS_TAGS: 'qlik-sense;qlikview', QUESTIONS_URL: url } };
}
