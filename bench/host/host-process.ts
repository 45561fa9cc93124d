/** A local OpenWhisk host in a process of its own. It reports its memory, and how often each activation ended. */
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RAISED_LIMITS, startHost } from '../../local/host/start-host.ts';
import type { HostProcessReady, HostQuestion, RunAnswer } from './host-messages.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How often each activation ended. It is counted only on request, as the host's own memory is measured here. */
const ends = new Map<string, number>();
const [{ countEnds }] = (await once(process, 'message')) as [{ countEnds: boolean }];
const host = await startHost({
  port: 0,
  limits: RAISED_LIMITS,
  onActivation: ({ activationId }) => {
    if (countEnds) ends.set(activationId, (ends.get(activationId) ?? 0) + 1);
  },
});
process.on('message', (question: HostQuestion) => {
  process.send?.(answer(question));
});
process.once('disconnect', () => void host.close());
const { url, auth, namespace } = host;
process.send?.({ url, auth, namespace, pid: process.pid } satisfies HostProcessReady);

function answer(question: HostQuestion): RunAnswer {
  if (question.ask === 'ends') return { ends: [...ends] };
  collectGarbage();
  return { rssBytes: process.memoryUsage().rss };
}
