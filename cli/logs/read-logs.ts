/*
 * `cascade logs` prints log lines of a run (a first reload and all that followed), an order (a reload that Cascade
 * owes) or a trace (the work that one end of a reload caused). This file reads them from the OpenWhisk host. The host
 * keeps a log for each activation, and cannot search in the logs. So the logs of all activations of certain actions
 * that started at the right time are read, up to a limit.
 */

import pMap from 'p-map';
import type { ListedActivation, LogsPort } from '../../src/clients/openwhisk/activations-port.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { type LogLine, readLogLine, saysNotWhole } from '../../src/core/logs/log-line.ts';
import { type Span, type Wanted, wantedLines } from '../../src/core/logs/wanted-lines.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { Patiently } from './patiently.ts';

/** How many logs are read at the same time. */
const AT_ONCE = 8;
/**
 * The most activations that are listed, and the most logs that are read. If a log takes 20 ms, 5,000 logs take 13 s,
 * because 8 are read at the same time.
 */
export const MOST_LISTED = 20_000;
export const MOST_READ = 5_000;

/** The actions that work on ends and orders. Others, such as `chains` and `meter`, do not. */
export const LOGGED_ACTIONS = [
  ...['receiver', 'resolver', 'invoker', 'reload', 'collector', 'storer', 'notifier'],
] as readonly string[];
const PACKAGE = 'cascade';

/** A line of an activation. */
export interface FoundLine {
  /** The line's own instant; if it has none, that of the wanted line before it, or the activation's start. */
  readonly at: EpochMs;
  readonly activationId: string;
  readonly action: string;
  readonly line: LogLine;
}

/** What was found on the host, and what was not read. */
export interface FoundLogs {
  /** The earliest first. */
  readonly lines: readonly FoundLine[];
  /** How many logs were read. */
  readonly read: number;
  /** How many of these have no lines. */
  readonly empty: number;
  /** True if the host listed such activations, and all of them had failed. */
  readonly areAllFailed: boolean;
  /** How many logs the host cut. */
  readonly notWhole: number;
  /** How many activations the host listed, and then did not have any more. */
  readonly gone: number;
  /** How many logs could not be read, and why not the first of them. */
  readonly unread: number;
  readonly whyUnread?: string;
  /** Set if there are too many activations: none that started before this instant was read. */
  readonly notBefore?: EpochMs;
}

/** An activation whose log may have wanted lines. */
interface Candidate {
  readonly activationId: string;
  readonly action: string;
  readonly start: EpochMs;
  readonly hasFailed: boolean;
}

/**
 * Reads the wanted lines from the host. It lists the activations that started in the spans, and then reads the logs of
 * those that are of the `LOGGED_ACTIONS`. At most 20,000 are listed and 5,000 read. If there are more, the latest are
 * taken. A log that cannot be read is counted, and does not stop the others.
 *
 * @throws CascadeError OPENWHISK_UNREACHABLE, OPENWHISK_REFUSED, if the activations cannot be listed.
 */
export async function readLogs(
  wanted: Wanted,
  spans: readonly Span[],
  host: LogsPort,
  patiently: Patiently,
): Promise<FoundLogs> {
  const { candidates, notBefore } = await list(spans, host, patiently);
  const counts = { empty: 0, notWhole: 0, gone: 0, unread: 0 };
  let whyUnread: string | undefined;
  const lines = await pMap(
    candidates,
    async (activation) => {
      try {
        const raw = await patiently(() => host.logs(activation.activationId));
        if (raw === undefined) counts.gone += 1;
        if (raw?.length === 0) counts.empty += 1;
        const read = (raw ?? []).map(readLogLine);
        if (read.some(saysNotWhole)) counts.notWhole += 1;
        return placed(wantedLines(read, activation, wanted), activation);
      } catch (error) {
        if (!(error instanceof CascadeError)) throw error;
        counts.unread += 1;
        whyUnread ??= error.message;
        return [];
      }
    },
    { concurrency: AT_ONCE },
  );
  return {
    lines: lines.flat().sort((a, b) => a.at - b.at),
    read: candidates.length - counts.gone - counts.unread,
    areAllFailed: candidates.length > 0 && candidates.every(({ hasFailed }) => hasFailed),
    ...counts,
    ...(whyUnread !== undefined && { whyUnread }),
    ...(notBefore !== undefined && { notBefore }),
  };
}

/** Gives each line its place in time. A line without an instant stays behind the wanted line before it. */
function placed(lines: readonly LogLine[], { activationId, action, start }: Candidate): readonly FoundLine[] {
  let last = start;
  return lines.map((line) => {
    last = line.at ?? last;
    return { at: last, activationId, action, line };
  });
}

/**
 * Cascade's activations that started in these spans, the earliest first. The host lists the latest first. So if there
 * are too many, the earliest are left out.
 */
async function list(
  spans: readonly Span[],
  host: LogsPort,
  patiently: Patiently,
): Promise<{ readonly candidates: readonly Candidate[]; readonly notBefore?: EpochMs }> {
  const found = new Map<string, Candidate>();
  let listed = 0;
  let earliest: EpochMs | undefined;
  for (const { from, to } of [...spans].reverse()) {
    for (let skip = 0; ; ) {
      if (listed >= MOST_LISTED || found.size >= MOST_READ)
        return { candidates: inOrder(found), ...notBeforeOf(earliest) };
      const page = await patiently(() => host.page({ since: from, upto: to, skip }));
      if (page.length === 0) break;
      skip += page.length;
      listed += page.length;
      // A record that is stored meanwhile pushes others to a later page. So a record may come twice.
      for (const each of page) {
        if (found.size >= MOST_READ) break;
        earliest = each.start;
        const candidate = candidateOf(each);
        if (candidate !== undefined) found.set(each.activationId, candidate);
      }
    }
  }
  return { candidates: inOrder(found) };
}

const notBeforeOf = (earliest: EpochMs | undefined) => (earliest === undefined ? {} : { notBefore: earliest });

const inOrder = (found: ReadonlyMap<string, Candidate>): readonly Candidate[] =>
  [...found.values()].sort((a, b) => a.start - b.start);

/**
 * An activation as a candidate. Undefined if it is of none of the `LOGGED_ACTIONS`. So sequences are left out, too: the
 * log of a sequence has only the ids of its parts.
 */
function candidateOf({ activationId, path = '', start, statusCode }: ListedActivation): Candidate | undefined {
  const action = actionIn(path);
  return action === undefined ? undefined : { activationId, action, start, hasFailed: statusCode !== 0 };
}

/** The name of the action in `namespace/cascade/action`; undefined if it is none that works on ends and orders. */
export function actionIn(path: string): string | undefined {
  const [, ofPackage, action = ''] = path.split('/');
  return ofPackage === PACKAGE && LOGGED_ACTIONS.includes(action) ? action : undefined;
}
