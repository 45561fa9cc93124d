import { jsonText } from '../../src/core/visible.ts';
import { activationsIn } from './is-settled.ts';
import type { Reporter } from './reporter.ts';

/**
 * Prints what happens under `npm start -- --json`, in JSON lines for scripts. Each line has an `event`. Scripts rely on
 * `ready` and `done` (docs/commands.md).
 */
export function jsonReporter(write: (line: string) => void): Reporter {
  // A field that is undefined does not appear in JSON.
  const line = (event: string, fields: object): void => write(`${jsonText({ event, ...fields })}\n`);
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    step: () => {},
    ready: ({ openwhisk, tenant, store, webhook, chains, metrics, dashboard, slack, stackExchange }) =>
      line('ready', {
        ...{ openwhisk, tenant, store, webhook, chains, metrics, dashboard, stackExchange },
        slack: slack && { url: slack.url, ...(slack.leftOut.length > 0 && { leftOut: slack.leftOut }) },
      }),
    seen: (seen) => {
      const at = iso(seen.at);
      if (seen.kind === 'delivered') {
        const { app, statusCode = null, answer } = seen;
        line('webhook', { at, appId: app.appId, statusCode, started: activationsIn(answer).length });
        return;
      }
      const { app, appId, tenant, reloadId, after, attempt, outcome = null } = seen.reload;
      line('reload', { at, state: seen.kind, app, appId, tenant, reloadId, after, attempt: attempt?.number, outcome });
    },
    notice: ({ channel, kind, tenant, appId, ticket }) => line('notice', { channel, kind, tenant, appId, ticket }),
    // Scripts that want the words read them at the stand-in for Slack.
    message: () => {},
    noticeRefused: ({ at, channel, message }) => line('notice-refused', { at: iso(at), channel, message }),
    notStarted: ({ at, dueAt, ...rest }) =>
      line('not-started', { at: iso(at), ...rest, dueAt: dueAt === undefined ? undefined : iso(dueAt) }),
    done: ({ ok, reloads, problems }) => line('done', { ok, reloads, problems: ok ? undefined : problems }),
  };
}
