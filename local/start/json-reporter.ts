import { jsonText } from '../../src/core/visible.ts';
import { activationsIn } from './is-settled.ts';
import type { Reporter } from './reporter.ts';

/** One JSON line for each thing that happens; scripts rely on `ready` and `done` (docs/commands.md). */
export function jsonReporter(write: (line: string) => void): Reporter {
  const line = (event: object): void => write(`${jsonText(event)}\n`);
  return {
    step: () => {},
    ready: ({ openwhisk, tenant, store, webhook, chains }) =>
      line({ event: 'ready', openwhisk, tenant, ...(store === undefined ? {} : { store }), webhook, chains }),
    seen: (seen) => {
      const at = new Date(seen.at).toISOString();
      if (seen.kind === 'delivered') {
        const { app, statusCode = null, answer } = seen;
        line({ event: 'webhook', at, appId: app.appId, statusCode, started: activationsIn(answer).length });
        return;
      }
      const { app, appId, tenant, reloadId, after, outcome = null } = seen.reload;
      line({ event: 'reload', at, state: seen.kind, app, appId, tenant, reloadId, after, outcome });
    },
    notStarted: ({ at, dueAt, ...rest }) => {
      const next = dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() };
      line({ event: 'not-started', at: new Date(at).toISOString(), ...rest, ...next });
    },
    done: ({ ok, reloads, problems }) => line({ event: 'done', ok, reloads, ...(ok ? {} : { problems }) }),
  };
}
