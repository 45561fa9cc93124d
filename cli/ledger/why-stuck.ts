/*
 * `cascade runs --problems` lists documents of the ledger that are stuck: nothing will ever work on them, or they keep
 * other work from being done. This file finds out whether one document is stuck, and says why. Usually a person has
 * edited the document.
 *
 * A document with unfinished work has a `dueAt`: from then on the sweep, every 5 minutes, takes it up. This file looks
 * at the `dueAt` of an event (a reload that ended), an order (a reload that Cascade owes), a hint (something that
 * Cascade must check by asking Qlik) and a join (what a link that waits for several apps remembers).
 */

import { isFinal } from '../../src/core/order-state.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { addMs, type DurationMs, type EpochMs, minutes } from '../../src/core/units.ts';
import type { ChannelDocument } from '../../src/ledger/documents/channel.ts';
import type { CheckpointDocument } from '../../src/ledger/documents/checkpoint.ts';
import { isRecorded } from '../../src/ledger/documents/event.ts';
import type { LedgerDocument } from '../../src/ledger/ledger-document.ts';

/** How far CouchDB's clock and Qlik's clock may be apart. */
const CLOCKS_APART = minutes(10);
/**
 * 12 days. Unless a chain file asks for more, Cascade postpones no work for longer: the longest `retry-after` that it
 * obeys is 999,999 s.
 */
const LONGEST_WAIT = minutes(12 * 24 * 60);

/**
 * Whether a document is finished and still has a `dueAt`. A person who edits the document can cause that. Each sweep
 * then reads the document, and does not repair it.
 */
export const isFinishedAndDue = (document: LedgerDocument): boolean =>
  isFinished(document) && 'dueAt' in document && document.dueAt !== undefined;

/** An order that is merged or called off is not among these: it may keep its `dueAt` until its last step is done. */
function isFinished(document: LedgerDocument): boolean {
  switch (document.type) {
    case 'event':
      return document.resolvedAt !== undefined && document.recordedAt !== undefined;
    case 'hint':
      return document.settledAt !== undefined;
    case 'order':
      return document.state === 'ended' || document.state === 'gave-up';
    default:
      return false;
  }
}

/**
 * Why nothing works on a document, or why the document keeps other work from being done. Undefined if neither is so.
 */
export function whyStuck(document: LedgerDocument, now: EpochMs): string | undefined {
  if (isFinishedAndDue(document)) return FINISHED;
  switch (document.type) {
    case 'event':
      return document.resolvedAt !== undefined && isRecorded(document) ? undefined : whyNotDue(document.dueAt, now);
    case 'hint':
      return isFinished(document) ? undefined : whyNotDue(document.dueAt, now);
    case 'order':
      if (isFinal(document.state)) return undefined;
      if (document.state === 'posted' && document.reloadId === undefined) return NO_RELOAD;
      return whyNotDue(document.dueAt, now, document.policy?.retry?.delay);
    case 'join':
      // `open` has the orders that a link called for, and that may not be stored yet.
      return document.open.length > 0 ? whyNotDue(document.dueAt, now) : undefined;
    case 'checkpoint':
      return whyAhead(document, now);
    case 'gate': {
      // A tenant's gate is shut after Qlik answered with its rate limit.
      const until = Math.max(document.until ?? 0, document.lastSlot ?? 0) as EpochMs;
      return isBeyond(until, LONGEST_WAIT, now)
        ? `no reload of this tenant is started before ${instantText(until)}. Delete the document: the tenant’s answers will say when it takes reloads.`
        : undefined;
    }
    case 'app':
      return document.last !== undefined && isBeyond(document.last.endedAt, CLOCKS_APART, now)
        ? `the app’s last end is stored as ${instantText(document.last.endedAt)}, in the future. Its next end puts that right.`
        : undefined;
    case 'channel':
      return whyPaused(document, now);
    case 'act':
    case 'alert':
    case 'dead':
    case 'definition':
    case 'park':
    case 'questions':
    case 'rate':
    case 'started':
    case 'stat':
    case 'tenant':
    case 'ticket':
      return undefined;
    default:
      return document satisfies never;
  }
}

function whyPaused({ pausedUntil = 0 as EpochMs }: ChannelDocument, now: EpochMs): string | undefined {
  return isBeyond(pausedUntil, LONGEST_WAIT, now)
    ? `nothing is sent to this channel before ${instantText(pausedUntil)}. Delete the document: the channel’s answers will say when it takes messages.`
    : undefined;
}

const FINISHED =
  'it is finished, and has a dueAt all the same: the sweep looks at it each time, and does nothing. Take the field dueAt out.';
const NO_RELOAD =
  'it is posted, and has no reloadId: Qlik cannot be asked for its end. Look in the app; then take the order out of the ledger.';

/**
 * Why the sweep does not look at an unfinished document, or not for a long time. Undefined if it does.
 *
 * @param asked - the wait between two attempts that the chain file asks for, if there is one.
 */
function whyNotDue(dueAt: EpochMs | undefined, now: EpochMs, asked = LONGEST_WAIT): string | undefined {
  if (dueAt === undefined) {
    return 'it is not finished, and has no dueAt: the sweep never looks at it. Give it a dueAt (milliseconds since 1970), or delete it.';
  }
  if (!isBeyond(dueAt, Math.max(LONGEST_WAIT, asked) as DurationMs, now)) return undefined;
  return `it is not finished, and not due before ${instantText(dueAt)}: the sweep does not look at it until then. Give it a sooner dueAt, or delete it.`;
}

/**
 * Why a tenant's checkpoint is wrong; undefined if it is not. A checkpoint says up to which instant the sweep has seen
 * the ends of reloads (`t`). Its other fields have instants, too: of single apps, and of lists that are not finished.
 */
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
  return `the sweep’s checkpoint stands at ${instantText(latest)}, in the future: the sweep overlooks every reload that ended before. Delete the document: the sweep goes on from then. A reload that ended meanwhile without a webhook is not followed up.`;
}

const isBeyond = (at: EpochMs, most: DurationMs, now: EpochMs): boolean => at > addMs(now, most);
