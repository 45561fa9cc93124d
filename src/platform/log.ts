/*
 * The logger of the actions. OpenWhisk keeps what an action prints. Each message is one line of JSON, so people and
 * programs can filter messages by action, level or trace id.
 */

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LEVELS)[number];

export const isLogLevel = (text: string): text is LogLevel => (LEVELS as readonly string[]).includes(text);

/** A function for each level, which writes one line. Do not put a secret, a header or a body into `fields`. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: Readonly<Record<string, unknown>>) => void>>;

/**
 * A logger of JSON lines `{time, level, ...context, message, ...fields}`.
 *
 * It uses no library: pino would add more to an action's cold start than the rest of the receiver (docs/decisions.md).
 *
 * @param level - lines of a lower level are dropped.
 * @param context - fields of every line of this logger: action, activationId, traceId.
 */
export function createLog(
  level: LogLevel,
  context: Readonly<Record<string, unknown>>,
  write: (line: string) => void,
  now: () => number,
): Log {
  const lineOf =
    (lineLevel: LogLevel): Log[LogLevel] =>
    (message, fields) => {
      if (LEVELS.indexOf(lineLevel) < LEVELS.indexOf(level)) return;
      write(JSON.stringify({ time: new Date(now()).toISOString(), level: lineLevel, ...context, message, ...fields }));
    };
  return { debug: lineOf('debug'), info: lineOf('info'), warn: lineOf('warn'), error: lineOf('error') };
}
