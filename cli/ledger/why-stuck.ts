import { isFinal } from '../../src/core/order-state.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import type { CheckpointDocument } from '../../src/ledger/documents/checkpoint.ts';
import type { LedgerDocument } from '../../src/ledger/ledger-document.ts';

/** The store's clock and Qlik's differ by minutes at the most. */
const CLOCKS_APART = minutes(10);
/** Nothing is put off for longer: the longest Retry-After that is obeyed is 999,999 s. */
const LONGEST_WAIT = minutes(12 * 24 * 60);

/**
 * Whether a document that is finished is due all the same: only a person's edit makes that. The sweep reads it each time,
 * does nothing about it, and leaves the field.
 */
export function isFinishedAndDue(document: LedgerDocument): boolean {
  switch (document.type) {
    case 'event':
      return document.resolvedAt !== undefined && document.dueAt !== undefined;
    case 'hint':
      return document.settledAt !== undefined && document.dueAt !== undefined;
    case 'order':
      return (document.state === 'ended' || document.state === 'gave-up') && document.dueAt !== undefined;
    default:
      return false;
  }
}

/** What in a document that can be read keeps it, or others, from being worked on; undefined if nothing does. */
export function whyStuck(document: LedgerDocument, now: EpochMs): string | undefined {
  if (isFinishedAndDue(document)) return FINISHED;
  switch (document.type) {
    case 'event':
      return document.resolvedAt === undefined ? whyNotDue(document.dueAt, now) : undefined;
    case 'hint':
      return document.settledAt === undefined ? whyNotDue(document.dueAt, now) : undefined;
    case 'order':
      if (isFinal(document.state)) return undefined;
      if (document.state === 'posted' && document.reloadId === undefined) return NO_RELOAD;
      return whyNotDue(document.dueAt, now);
    case 'checkpoint':
      return whyAhead(document, now);
    case 'gate':
      return document.until !== undefined && isBeyond(document.until, LONGEST_WAIT, now)
        ? `no reload of this tenant is started before ${instantText(document.until)}. Delete the document: the tenant says itself what it takes.`
        : undefined;
    case 'app':
      return isBeyond(document.last.endedAt, CLOCKS_APART, now)
        ? `the app’s last end is said to be at ${instantText(document.last.endedAt)}, in the future. Its next end puts that right.`
        : undefined;
    case 'alert':
    case 'dead':
    case 'park':
    case 'rate':
    case 'started':
    case 'tenant':
      return undefined;
    default:
      return document satisfies never;
  }
}

const FINISHED =
  'it is finished, and has a dueAt all the same: the sweep looks at it each time, and does nothing. Take the field dueAt out.';
const NO_RELOAD =
  'it is posted, and has no reloadId: Qlik cannot be asked for its end. Look in the app; then take the order out of the ledger.';

function whyNotDue(dueAt: EpochMs | undefined, now: EpochMs): string | undefined {
  if (dueAt === undefined) {
    return 'it is not finished, and has no dueAt: the sweep never looks at it. Give it a dueAt (milliseconds since 1970), or delete it.';
  }
  if (!isBeyond(dueAt, LONGEST_WAIT, now)) return undefined;
  return `it is not finished, and not due before ${instantText(dueAt)}: the sweep does not look at it until then. Give it a sooner dueAt, or delete it.`;
}

function whyAhead(
  { t, from, fresh = {}, behind = {}, gap, round }: CheckpointDocument,
  now: EpochMs,
): string | undefined {
  const instants = [
    ...[t, from, gap?.head ?? t, round?.since ?? t],
    ...Object.values(fresh),
    ...Object.values(behind).flatMap((app) => [app.t, app.gap?.head ?? app.t]),
  ];
  const latest = Math.max(...instants) as EpochMs;
  if (!isBeyond(latest, CLOCKS_APART, now)) return undefined;
  return `the sweep’s checkpoint stands at ${instantText(latest)}, in the future: of what ended before it hears nothing. Delete the document: the sweep goes on from then. What no webhook told meanwhile is not followed up.`;
}

const isBeyond = (at: EpochMs, most: DurationMs, now: EpochMs): boolean => at > addMs(now, most);
