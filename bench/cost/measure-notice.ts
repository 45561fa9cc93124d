import { startSlackSink } from '../../sim/slack/start-slack-sink.ts';
import type { Say } from '../bench.ts';
import type { Figure } from '../figure.ts';
import type { Servers } from '../servers.ts';
import { upstreamOf } from '../support/fan-out-chains.ts';
import { type Spent, startCountedRig } from './start-counted-rig.ts';

/**
 * Counts the requests to the store that `record` makes for one failure, and for the success after it, if one channel
 * hears of both: those of the storer, which have a bar, and those of the notifier, which sends the message and notes
 * that.
 */
export async function measureNotice(say: Say, servers: Servers): Promise<readonly Figure[]> {
  const slack = await startSlackSink();
  try {
    const { tell, spentBy, close } = await startCountedRig([1], say, servers, { SLACK_WEBHOOK_URL: slack.url });
    try {
      const failed = await spentBy(() => tell(upstreamOf(1), { id: 'told', status: 'FAILED' }, 200, 202));
      const recovered = await spentBy(() => tell(upstreamOf(1), 'told-again', 200, 202));
      const { data } = (await (await fetch(`${slack.origin}/_sim/messages`)).json()) as { readonly data: unknown[] };
      return [
        ...figures('a failure', failed),
        ...figures('the success after it', recovered),
        { name: 'record: messages to the channel', ours: data.length, unit: '', bar: { atLeast: 2 } },
      ];
    } finally {
      await close();
    }
  } finally {
    await slack.close();
  }
}

const WITH_TICKET = 7;

const figures = (what: string, { storer, notifier }: Spent): readonly Figure[] => [
  { name: `record: ${what}, one channel: storer`, ours: storer, unit: '', bar: { atMost: WITH_TICKET } },
  { name: `record: ${what}, one channel: notifier`, ours: notifier, unit: '' },
];
