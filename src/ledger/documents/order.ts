import type { CreatedOrder } from '../../contracts/order-request.ts';
import type { Lineage } from '../../core/lineage.ts';
import type { OrderId, ReloadId } from '../../core/names.ts';
import type { ReloadOrder } from '../../core/order.ts';
import { ORDER_STATES, type OrderState } from '../../core/order-state.ts';
import { OUTCOMES, type Outcome, type Reason } from '../../core/reload-finished.ts';
import type { TimeConstants } from '../../core/time-constants.ts';
import { addMs, type EpochMs } from '../../core/units.ts';
import {
  type Check,
  isAppId,
  isBoolean,
  isCountFrom,
  isInstant,
  isListOf,
  isName,
  isObjectWith,
  isOneOf,
  isReason,
  isRecordOf,
  isString,
  isText,
  isTextLike,
  isTraceId,
  maybe,
  readerOf,
} from '../document-reader.ts';

/**
 * An order is in doubt if Cascade sent a POST for it, or was about to, and does not know whether Qlik accepted it. The
 * app must not start twice. So in doubt, another POST is sent only after Qlik's list of the app's reloads has proved
 * that nothing was started (`absentAt`). The doubt itself ends if:
 *
 * - Qlik answers a POST with 201,
 * - Qlik refuses a POST, and there was no doubt before it,
 * - Qlik's list shows the order's reload, or Cascade hears of that reload's end.
 */
export interface Doubt {
  /** The store's clock when the order was claimed for the first POST that is in doubt. */
  readonly since: EpochMs;
  /** The store's clock at the last send, or when the lease ended of an activation that died and may have sent it. */
  readonly sentAt?: EpochMs;
  /** If one doubt followed another: the store's clock when the first one began. */
  readonly first?: EpochMs;
  /** The store's clock when Qlik's list proved that no POST sent until then had started a reload. */
  readonly absentAt?: EpochMs;
}

/**
 * `order:<tenant>:<app>:<clause>:<cause>`: an order, that is, one reload that Cascade owes, and how far it has come.
 * Usually the action `invoker` creates it. The action `reload` asks Qlik for the reload. If other documents say
 * something else about an order, this one counts. A worker is an activation (one run) of `reload`. A rev is CouchDB's
 * name of a document's version.
 *
 * Invariant: only the worker that claimed the order by its rev sends its POST. If the order is in doubt, a list settles
 * the doubt before the next POST.
 */
export interface OrderDocument extends Omit<CreatedOrder, 'state' | 'dueAt'> {
  readonly state: OrderState;
  /** The id of the activation that claimed the order last. */
  readonly owner?: string;
  readonly doubt?: Doubt;
  /** Qlik's reload for the present attempt of the order. */
  readonly reloadId?: ReloadId;
  /**
   * True if `reloadId` is certainly ours: Qlik answered 201, or its record has our `resourceId`. Otherwise it is a
   * guess.
   */
  readonly isCertain?: boolean;
  /** How the last attempt ended. */
  readonly outcome?: Outcome;
  /** Only of a merged order: the order whose reload serves both. Equal orders merge while their app is busy. */
  readonly into?: OrderId;
  /**
   * By reload id: when the sweep (it runs every 5 minutes) asked Qlik to cancel the reload, because it ran too long.
   */
  readonly cancelRequestedAt?: Readonly<Record<string, EpochMs>>;
  /** For people: why the order waits, was given up or was called off. */
  readonly reason?: Reason;
  readonly postedAt?: EpochMs;
  readonly endedAt?: EpochMs;
  /** The store's clock when it was given up. */
  readonly gaveUpAt?: EpochMs;
  /** The store's clock when a person called it off. Orders of an earlier version do not have it. */
  readonly calledOffAt?: EpochMs;
  /** When `cascade replay` last ordered again what follows its reload, or an event of the run that begins here. */
  readonly replayedAt?: EpochMs;
  /** When the sweep takes the order up. Absent if nothing is left to do. */
  readonly dueAt?: EpochMs;
}

const isDoubt = isObjectWith({
  since: isInstant,
  sentAt: maybe(isInstant),
  first: maybe(isInstant),
  absentAt: maybe(isInstant),
});
const BODY_FIELDS = {
  partial: maybe(isBoolean),
  variables: maybe(isRecordOf(isString)),
  weight: maybe(isCountFrom(1)),
} as const;
/** Whether a value is the body of a reload. It becomes a part of the request to Qlik, so it may have no other field. */
export const isBody: Check = (value) =>
  isObjectWith(BODY_FIELDS)(value) && Object.keys(Object(value)).every((field) => Object.hasOwn(BODY_FIELDS, field));

export const isPolicy: Check = isObjectWith({
  retry: maybe(isObjectWith({ attempts: isCountFrom(1), delay: isCountFrom(0), backoff: maybe(isOneOf(['none'])) })),
  timeout: maybe(isCountFrom(1)),
});

/** An order's id. By a text of another form, such as `_all_docs`, Cascade could read something that is no document. */
const isOrderId = isTextLike(/^order:/);

/** Reads an order's document. @throws CascadeError LEDGER_MALFORMED. */
export const readOrder = readerOf<OrderDocument>(
  'order',
  {
    tenant: isName,
    appId: isAppId,
    chain: isName,
    definition: maybe(isText),
    state: isOneOf(ORDER_STATES),
    body: isBody,
    policy: maybe(isPolicy),
    cancelRequestedAt: maybe(isRecordOf(isInstant)),
    causes: isListOf(isText),
    hops: isCountFrom(0),
    areHopsUnsure: maybe(isBoolean),
    root: isText,
    traceId: isTraceId,
    try: isCountFrom(1),
    claims: isCountFrom(0),
    owner: maybe(isText),
    doubt: maybe(isDoubt),
    reloadId: maybe(isText),
    isCertain: maybe(isBoolean),
    ends: isListOf(isText),
    outcome: maybe(isOneOf(OUTCOMES)),
    into: maybe(isOrderId),
    reason: maybe(isReason),
    createdAt: isInstant,
    postedAt: maybe(isInstant),
    endedAt: maybe(isInstant),
    gaveUpAt: maybe(isInstant),
    calledOffAt: maybe(isInstant),
    replayedAt: maybe(isInstant),
    dueAt: maybe(isInstant),
  },
  ({ _id, tenant, appId }) => _id.startsWith(`order:${tenant}:${appId}:`),
);

/**
 * The document of a new order. It has no rev, so if two activations create the same order, one of them gets a conflict.
 * The order is due in a minute: if the action `reload` has not claimed it by then, the next sweep takes it up.
 *
 * @param now - the store's clock.
 */
export function newOrder(
  { order, tenant, appId, body, policy, chain, definition }: ReloadOrder,
  { cause, others = [], hops, root, areHopsUnsure }: Lineage,
  { traceId, now, times }: { readonly traceId: string; readonly now: EpochMs; readonly times: TimeConstants },
): Omit<CreatedOrder, '_rev'> {
  return {
    _id: order,
    schema: 1,
    type: 'order',
    tenant,
    appId,
    chain,
    ...(definition !== undefined && { definition }),
    state: 'planned',
    body,
    ...(policy !== undefined && { policy }),
    causes: [cause, ...others],
    hops,
    ...(areHopsUnsure === true && { areHopsUnsure }),
    root,
    traceId,
    try: 1,
    claims: 0,
    ends: [],
    createdAt: now,
    dueAt: addMs(now, times.planned),
  };
}
