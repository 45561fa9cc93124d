import { joinId } from '../../core/document-ids.ts';
import { EMPTY_JOIN } from '../../core/joins/apply-end.ts';
import type { JoinState } from '../../core/joins/join-event.ts';
import type { CompositeLink, JoinRule } from '../../core/link.ts';
import type { AppRef, ChainName } from '../../core/names.ts';
import { OUTCOMES } from '../../core/reload-finished.ts';
import type { TimeConstants } from '../../core/time-constants.ts';
import { addMs, type EpochMs } from '../../core/units.ts';
import {
  isAppId,
  isBoolean,
  isCountFrom,
  isInstant,
  isListOf,
  isName,
  isObjectWith,
  isOneOf,
  isRecordOf,
  isText,
  isTextLike,
  isTraceId,
  maybe,
  readerOf,
} from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';
import { isBody, isPolicy } from './order.ts';

/**
 * `join:<tenant>:<app>:<clause>`: which ends a composite link has seen. A composite link waits for several apps: when
 * enough of them have ended, it fires, that is, it calls for one order (a reload that Cascade owes). The ends may be
 * hours apart, so the link has to remember them.
 *
 * Invariant: a firing is written here, with its whole order in `open`, before anybody creates the order. The order
 * leaves `open` only after it is stored. While `open` is not empty, the document is due.
 */
export interface JoinDocument extends AppRef, JoinState, StoredAs<'join'> {
  readonly chain: ChainName;
  /** Which link of the app this is: `j` and a hash of what it waits for, or the name that its file gives it. */
  readonly clause: string;
  /**
   * The link's rule when the last end came: for which apps it waited, for how many of them, and for how long. If a
   * deployment changes the rule, ends that were used under this one do not count again.
   */
  readonly rule: JoinRule;
  /** When the sweep (it runs every 5 minutes) creates the orders in `open`. Absent if there are none. */
  readonly dueAt?: EpochMs;
}

/** An app as `tenant/appId`. */
const isAppKey = isTextLike(/^[a-z0-9][a-z0-9-]{0,39}\/[A-Za-z0-9-]{1,64}$/);
const KEY_FIELDS = { app: isAppKey, reloadId: isText, endedAt: isInstant } as const;
/** The end that completed a firing. */
const isClosing = isObjectWith({ app: isAppKey, reloadId: isText });
/** What became of an end: see `JoinEnd`. */
const MARKS = {
  usedBy: maybe(isClosing),
  isCovered: maybe(isBoolean),
  isSpent: maybe(isBoolean),
  isSpare: maybe(isBoolean),
} as const;
const isEnds = isListOf(
  isObjectWith({ ...KEY_FIELDS, outcome: isOneOf(OUTCOMES), hops: isCountFrom(0), root: isText, ...MARKS }),
);
const isKey = isObjectWith(KEY_FIELDS);
const isOrder = isObjectWith({
  order: isTextLike(/^order:/),
  tenant: isName,
  appId: isAppId,
  body: isBody,
  policy: maybe(isPolicy),
  chain: isName,
  definition: maybe(isText),
  traceId: isTraceId,
  lineage: isObjectWith({ cause: isText, others: maybe(isListOf(isText)), hops: isCountFrom(0), root: isText }),
});
/** Whether a value is the rule of a composite link. */
export const isRule = isObjectWith({
  of: isRecordOf(isOneOf(['succeeded', 'failed', 'any'])),
  atLeast: isCountFrom(1),
  within: isCountFrom(1),
});

/** Reads what a composite link remembers. @throws CascadeError LEDGER_MALFORMED. */
export const readJoin = readerOf<JoinDocument>(
  'join',
  {
    tenant: isName,
    appId: isAppId,
    chain: isName,
    clause: isText,
    rule: isRule,
    baseHalves: isEnds,
    baseEnd: maybe(isKey),
    log: isEnds,
    fired: maybe(isKey),
    open: isListOf(isOrder),
    dueAt: maybe(isInstant),
  },
  ({ _id, tenant, appId, clause }) => _id === joinId({ target: { tenant, appId }, clause }),
);

/** What a link without a document remembers: nothing. */
export const NEW_JOIN: JoinState = { ...EMPTY_JOIN, open: [] };

/**
 * The fields of a composite link's document with a new state.
 *
 * @param now - the store's clock.
 * @param dueAt - when the document was due before. An earlier time stays. So a document that is written again and again
 * becomes due, too.
 */
export function joinFields(
  { chain, target, clause, join: rule }: Pick<CompositeLink, 'chain' | 'target' | 'clause' | 'join'>,
  { baseHalves, baseEnd, log, fired, open }: JoinState,
  { now, times, dueAt }: { readonly now: EpochMs; readonly times: TimeConstants; readonly dueAt?: EpochMs | undefined },
): Omit<JoinDocument, '_id' | '_rev'> {
  return {
    schema: 1,
    type: 'join',
    ...target,
    chain,
    clause,
    rule,
    baseHalves,
    ...(baseEnd !== undefined && { baseEnd }),
    log,
    ...(fired !== undefined && { fired }),
    open,
    ...(open.length > 0 && { dueAt: soonerOf(dueAt, addMs(now, times.planned)) }),
  };
}

const soonerOf = (before: EpochMs | undefined, next: EpochMs): EpochMs =>
  before === undefined || before > next ? next : before;
