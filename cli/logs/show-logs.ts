/*
 * `cascade logs <id>` prints the log lines of a run, an order or a trace. This file finds the lines, and makes the
 * report. A host may have lost lines or never kept them, so the report says which lines may be missing, and why.
 *
 * A run is a first reload and all that followed from it. An order is a reload that Cascade owes. A trace is the work
 * that one end of a reload caused.
 */

import type { LogsPort } from '../../src/clients/openwhisk/activations-port.ts';
import { traceIdOf } from '../../src/core/logs/log-line.ts';
import { spansSince, spansUntil, type Wanted } from '../../src/core/logs/wanted-lines.ts';
import type { Paints } from '../../src/core/paint.ts';
import { type Since, sinceText, sinceWhen } from '../../src/core/runs/since.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { LedgerContext, LedgerReport } from '../ledger/ledger-command.ts';
import { counted } from '../terminal.ts';
import { findWanted } from './find-wanted.ts';
import type { Patiently } from './patiently.ts';
import { type FoundLine, type FoundLogs, MOST_LISTED, MOST_READ, readLogs } from './read-logs.ts';
import { unsentNotices } from './unsent-notices.ts';

export interface LogsRequest {
  /** The id of a run, of an order, or of a trace. */
  readonly id: string;
  /** Only lines that match. */
  readonly grep?: RegExp | undefined;
  /** Nothing older. */
  readonly since?: Since | undefined;
  /** Look until then, and not only a few minutes beyond what the ledger knows of. Not beyond now. */
  readonly until?: Since | undefined;
}

/** The host, and how to ask it. */
export interface LogsWorld {
  readonly host: LogsPort;
  readonly patiently: Patiently;
}

/**
 * `cascade logs <id>`: makes a report of the log lines of a run, an order or a trace, the earliest first. The report is
 * not `ok` if there is no such line, or if not all logs were read: the host failed, or there are too many.
 *
 * @throws CascadeError as `sinceWhen`, `findWanted` and `readLogs`.
 */
export async function showLogs(
  context: LedgerContext,
  { id, grep, since, until }: LogsRequest,
  { host, patiently }: LogsWorld,
): Promise<LedgerReport> {
  const from = since === undefined ? (0 as EpochMs) : sinceWhen(since, context.now());
  const { kind, wanted: known, missing } = await findWanted(id, context, host, patiently);
  const wanted = until === undefined ? known : spansUntil(known, untilWhen(until, context.now()));
  const found = await readLogs(wanted, spansSince(wanted, from), host, patiently);
  const recent = found.lines.filter(({ at }) => at >= from);
  const lines = recent.filter(({ line }) => grep === undefined || grep.test(line.text));
  const silent = silentTraces(wanted, found);
  const notes = [
    ...missing,
    ...notesOn(found, wanted, since),
    ...(found.read > found.empty ? silentNotes(kind, silent, found) : []),
    ...unsentNotes(wanted, found, context.now()),
    ...(lines.length < recent.length ? [`${counted(recent.length - lines.length, 'line')} did not match --grep.`] : []),
  ];
  const isWhole = found.unread === 0 && found.notBefore === undefined;
  return {
    ok: isWhole && lines.length > 0,
    json: {
      lines: lines.map(lineJson),
      activations: {
        read: found.read,
        withoutLines: found.empty,
        cut: found.notWhole,
        gone: found.gone,
        unread: found.unread,
      },
      tracesWithoutLines: silent,
      missing: notes,
    },
    lines: lines.map((line) => lineText(line, context.paints)),
    notes,
  };
}

/** The trace ids of which no line was found. */
const silentTraces = ({ traceIds }: Wanted, { lines }: FoundLogs): readonly string[] => {
  const heard = new Set(lines.map(({ line }) => traceIdOf(line)));
  return [...traceIds].filter((traceId) => !heard.has(traceId));
};

const KEEPS =
  'A host keeps activations for some days at most. Some hosts keep none that succeeded, or none of web calls.';
const NO_LOGS =
  'The host gave no lines of any of them. Many hosts return empty logs, because they keep logs elsewhere: search there for the trace ids. Other hosts keep no logs.';

function notesOn(found: FoundLogs, { spans }: Wanted, since: Since | undefined): readonly string[] {
  const { read, empty, areAllFailed, notWhole, gone, unread, whyUnread = '', notBefore } = found;
  const [first, last] = [spans[0]?.from ?? 0, spans.at(-1)?.to ?? 0] as [EpochMs, EpochMs];
  const when = `${instantText(first)} to ${instantText(last)}${since === undefined ? '' : `, ${sinceText(since)}`}`;
  return [
    ...(read + gone + unread === 0 ? [`The host lists no activation of Cascade from ${when}. ${KEEPS}`] : []),
    ...(areAllFailed ? ['The host lists only activations that failed, so it may keep no others.'] : []),
    ...(read > 0 && empty === read ? [`${counted(read, 'activation')} read. ${NO_LOGS}`] : []),
    ...(notWhole > 0
      ? [`${counted(notWhole, 'log')} not whole: OpenWhisk cut them at the action’s log limit, or lost lines.`]
      : []),
    ...(gone > 0
      ? [`${counted(gone, 'activation')} left out: the host listed them, and then did not have them any more.`]
      : []),
    ...(unread > 0 ? [`${counted(unread, 'activation')} could not be read. The first: ${whyUnread}`] : []),
    ...(notBefore === undefined
      ? []
      : [
          `At most ${MOST_LISTED} activations are listed, and ${MOST_READ} read: none was that started before ${instantText(notBefore)}. Give an order or a trace id of the run, or --since.`,
        ]),
  ];
}

/** Sentences about what has no lines, although the host gave lines of other activations. */
function silentNotes(
  kind: 'run' | 'order' | 'trace',
  silent: readonly string[],
  { lines }: FoundLogs,
): readonly string[] {
  if (kind === 'order' && !lines.some(({ action }) => action === 'reload')) {
    return [`No line of an activation of reload was found. ${KEEPS}`];
  }
  const [first] = silent;
  if (kind !== 'run' || first === undefined) return [];
  return [`No line was found of ${counted(silent.length, 'trace id')}, the first is ${first}. ${KEEPS}`];
}

/** A sentence about notices that a channel may have taken after the times that were asked for. */
function unsentNotes({ traceIds, spans }: Wanted, { lines }: FoundLogs, now: EpochMs): readonly string[] {
  const unsent = unsentNotices(traceIds, lines);
  const [first] = unsent;
  const last = spans.at(-1)?.to ?? now;
  if (first === undefined || last >= now) return [];
  const later = new Date(Math.min(last + HOUR_MS, now)).toISOString().replace(/:\d\d\.\d+Z$/, '');
  return [
    `No line until ${instantText(last)} says that a channel took the notice of trace id ${first}${unsent.length > 1 ? `, and of ${unsent.length - 1} more` : ''}. To look further: --until ${later}`,
  ];
}

const HOUR_MS = 3_600_000;

/** The instant that `--until` means, at most now. */
const untilWhen = (until: Since, now: EpochMs): EpochMs =>
  typeof until === 'number' ? sinceWhen(until, now) : (Math.min(until.at, now) as EpochMs);

const lineJson = ({ at, activationId, action, line: { text, fields } }: FoundLine) => ({
  ...{ at: new Date(at).toISOString(), activationId, action },
  ...(fields === undefined ? { text } : { fields }),
});

/** The name of the longest level and of the longest action. */
const [LEVEL_WIDTH, ACTION_WIDTH] = ['error'.length, 'collector'.length];

/** `2026-11-22 02:14:05.123Z info  receiver  Webhook accepted {"events":[…]}` */
function lineText({ at, action, line: { text, fields } }: FoundLine, paints: Paints): string {
  const time = paints.dim(new Date(at).toISOString().replace('T', ' '));
  const { time: _, level = '', action: __, activationId: ___, message = text, traceId: ____, ...rest } = fields ?? {};
  const details = Object.keys(rest).length === 0 ? '' : ` ${paints.dim(JSON.stringify(rest))}`;
  return `${time} ${levelText(String(level), paints)} ${action.padEnd(ACTION_WIDTH)} ${message}${details}`;
}

function levelText(level: string, paints: Paints): string {
  const text = level.padEnd(LEVEL_WIDTH);
  if (level === 'error') return paints.red(text);
  return level === 'warn' ? paints.yellow(text) : text;
}
