/*
 * The checks of the notices in documents of apps, alerts and questions. A notice is one thing that people should hear.
 * Somebody may have changed a document by hand, so its reader checks these fields.
 */

import { NOTICE_KINDS } from '../core/desk/notice.ts';
import {
  isCountFrom,
  isInstant,
  isListOf,
  isObjectWith,
  isOneOf,
  isReason,
  isRecordOf,
  isText,
  isTraceId,
  maybe,
} from './document-reader.ts';
import { END_FIELDS } from './documents/event.ts';

const { reloadId: isReload } = END_FIELDS;

/** The checks of the fields of a streak: the failures of one app until its next success. */
export const STREAK_FIELDS = {
  since: isInstant,
  first: isReload,
  times: isCountFrom(1),
  lastFailedAt: isInstant,
  error: maybe(isReason),
  errorAt: maybe(isInstant),
  ticket: isText,
} as const;
/** Whether a value says which deadline an app missed (`Late`). */
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
 * The checks of what a document still owes to people: the notices that channels, such as Slack, have not taken; by
 * channel, until when one notifier alone may send them (`leases`); and when the sweep (it runs every 5 minutes) has
 * them sent (`dueAt`).
 */
export const OWING_FIELDS = {
  notices: isListOf(isNotice),
  leases: maybe(isRecordOf(isInstant)),
  dueAt: maybe(isInstant),
} as const;
