import type { Bench } from '../bench.ts';
import { lastOf, runScript } from '../support/run-script.ts';

/** The line of test/simulation/questions-main.ts. */
type Numbers = 'stored' | 'once' | 'requests' | 'mostInAMinute' | 'webhooks' | 'refusedWebhooks' | 'minutesTaken';
type Report = Record<Numbers, number> & { readonly broken: readonly string[]; readonly violation?: string };

const QUESTIONS = 2_000;
const within = (name: string, value: number) => ({ unit: '', peer: { name, value }, bar: { atMost: value } }) as const;
/** Half of the 60 activations that OpenWhisk starts a minute by default. */
const HALF = within('half of the host’s limit', 30);
const QUOTA = within('the quota of a day without a key', 300);

/** A flood of questions comes beside reloads, in a virtual world. */
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
      { name: 'the most activations that questions take in a minute', ours: report.mostInAMinute, ...HALF },
      { name: 'requests to the API', ours: report.requests, ...QUOTA },
      { name: 'rules of the API that were broken', ours: report.broken.length, ...none },
      { name: 'webhooks of reloads meanwhile', ours: report.webhooks, unit: '', bar: { atLeast: 20 } },
      { name: 'webhooks that the host refused', ours: report.refusedWebhooks, ...none },
      { name: 'violations of the simulation', ours: report.violation === undefined ? 0 : 1, ...none },
      { name: 'virtual minutes until everything is stored', ours: report.minutesTaken, unit: '' },
    ];
  },
};
