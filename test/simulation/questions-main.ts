import { runQuestions } from './questions.ts';

/** Two thousand questions in bursts. Host and store are killed twice, and the site fails one request in ten. */
const LOAD = {
  questions: 2_000,
  changes: 500,
  minutes: 30,
  hours: 4,
  reloads: 20,
  kills: 2,
  scenario: 'calm',
  quota: 300,
} as const;

const [seed = '1'] = process.argv.slice(2);
console.log(JSON.stringify(await runQuestions({ ...LOAD, seed: Number(seed) })));
