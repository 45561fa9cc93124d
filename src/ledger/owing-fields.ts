import { NOTICE_KINDS } from '../core/desk/notice.ts';
import {
  isCountFrom,
  isInstant,
  isListOf,
  isObjectWith,
  isOneOf,
  isRecordOf,
  isText,
  isTraceId,
  maybe,
} from './document-reader.ts';
import { END_FIELDS } from './documents/event.ts';

const { reloadId: isReload } = END_FIELDS;

/** The checks of the fields of a streak: a run of failures of one app. */
export const STREAK_FIELDS = {
  since: isInstant,
  first: isReload,
  times: isCountFrom(1),
  lastFailedAt: isInstant,
  ticket: isText,
} as const;
/** Whether a value is a deadline that an app missed. */
export const isLate = isObjectWith({ deadline: isInstant, after: maybe(isInstant), to: isListOf(isText) });

const isNotice = isObjectWith({
  id: isText,
  kind: isOneOf(NOTICE_KINDS),
  reloadId: maybe(isReload),
  at: isInstant,
  traceId: maybe(isTraceId),
  streak: maybe(isObjectWith(STREAK_FIELDS)),
  late: maybe(isLate),
  to: isListOf(isText),
  due: isRecordOf(isInstant),
  most: maybe(isRecordOf(isCountFrom(1))),
});

/**
 * The checks of what a document owes to people: the notices that channels (such as Slack) have not taken yet, and the leases of
 * the notifiers that are just sending them.
 */
export const OWING_FIELDS = {
  notices: isListOf(isNotice),
  leases: maybe(isRecordOf(isInstant)),
  dueAt: maybe(isInstant),
} as const;
