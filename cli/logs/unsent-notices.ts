import { traceIdOf } from '../../src/core/logs/log-line.ts';
import type { FoundLine } from './read-logs.ts';

/**
 * The wanted trace ids whose notices people may have got later than the lines go. A notice is one thing that people
 * hear, by a channel such as Slack. The action `notifier` worked on such a notice, but no line says that a channel took
 * it, or that it was dropped; or a channel did not take it, and no later line is about that channel.
 */
export function unsentNotices(traceIds: ReadonlySet<string>, lines: readonly FoundLine[]): readonly string[] {
  return [...traceIds].filter((traceId) => {
    const traced = lines.filter(({ line }) => traceIdOf(line) === traceId).map(({ line }) => line.fields ?? {});
    const settled = traced.filter(({ message }) =>
      /^(?:Notice sent|A notice is dropped|Notices are dropped)/.test(String(message)),
    );
    const isNotified = traced.some(({ message }) => message === 'Notified');
    const done = new Set(settled.map(({ channel }) => channel));
    const isRefused = traced.some(({ answer, channel }) => answer !== undefined && !done.has(channel));
    return isRefused || (isNotified && settled.length === 0);
  });
}
