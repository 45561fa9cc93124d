import type { Bench } from '../bench.ts';
import { lastOf, runScript } from '../support/run-script.ts';

/** The line of test/simulation/questions-main.ts. */
interface Report {
  readonly stored: number;
  readonly once: number;
  readonly requests: number;
  readonly broken: readonly string[];
  readonly mostInAMinute: number;
  readonly webhooks: number;
  readonly refusedWebhooks: number;
  readonly minutesTaken: number;
  readonly violation?: string;
}

const QUESTIONS = 2_000;
const HALF_OF_THE_LIMIT = 30;
const QUOTA_WITHOUT_KEY = 300;

/** What becomes of a flood of questions beside reloads. */
export const questionsBench: Bench = {
  name: 'questions',
  about:
    '2,000 questions in bursts, 500 of which change, with an API that fails one request in ten, host and store killed twice, and 60 invocations a minute, in a virtual world',
  servers: { store: 'it runs in a virtual world', openwhisk: 'it runs in a virtual world' },
  async run(say) {
    const report = lastOf<Report>(await runScript('test/simulation/questions-main.ts', [], say));
    const none = { unit: '', bar: { atMost: 0 } } as const;
    return [
      { name: 'questions stored with their newest state', ours: report.stored, unit: '', bar: { atLeast: QUESTIONS } },
      { name: 'questions announced once', ours: report.once, unit: '', bar: { atLeast: QUESTIONS } },
      {
        name: 'the most activations that questions take in a minute',
        ours: report.mostInAMinute,
        unit: '',
        peer: { name: 'half of the host’s limit', value: HALF_OF_THE_LIMIT },
        bar: { atMost: HALF_OF_THE_LIMIT },
      },
      {
        name: 'requests to the API',
        ours: report.requests,
        unit: '',
        peer: { name: 'the quota of a day without a key', value: QUOTA_WITHOUT_KEY },
        bar: { atMost: QUOTA_WITHOUT_KEY },
      },
      { name: 'rules of the API that were broken', ours: report.broken.length, ...none },
      { name: 'webhooks of reloads meanwhile', ours: report.webhooks, unit: '', bar: { atLeast: 20 } },
      { name: 'webhooks that the host refused', ours: report.refusedWebhooks, ...none },
      { name: 'violations of the simulation', ours: report.violation === undefined ? 0 : 1, ...none },
      { name: 'virtual minutes until everything is stored', ours: report.minutesTaken, unit: '' },
    ];
  },
};
