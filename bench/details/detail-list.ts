/** A change of one file: the text to replace, and the text to put there. */
export interface Edit {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly put: string;
}

/** The simulation's names for broken promises. */
type ViolationKind =
  | 'document'
  | 'owed'
  | 'start'
  | 'again'
  | 'purged'
  | 'sweep-writes'
  | 'before-retry-after'
  | 'answer'
  | 'desk'
  | 'notice'
  | 'channel-flooded'
  | 'undone';

/**
 * A detail of the ledger's protocols, and the edits that take it out of the code (docs/ledger.md, “What each detail
 * holds”).
 */
export interface Detail {
  /** The text in the table's first column. */
  readonly without: string;
  /** The simulation's scenario in which a day fails without the detail. */
  readonly scenario: string;
  /** The day must violate one of these promises. Other mistakes of the broken code prove nothing. */
  readonly shows: readonly ViolationKind[];
  readonly edits: readonly Edit[];
}

const edit = (file: string, find: string, put: string): Edit => ({ file, find, put });

const MOVES = 'src/ledger/move-order.ts';
const SLOTS = 'src/ledger/park-slots.ts';
const PARK = 'actions/reload/park-order.ts';
const JOINS = 'src/core/joins/apply-end.ts';
const FOLD = 'src/core/joins/fold-ends.ts';
const REFERENCES = 'src/ledger/retention/references.ts';
const OUTBOX = 'src/core/desk/outbox.ts';
const APPLY = 'src/core/desk/apply-end-to-app.ts';
const BOUNDS = 'actions/collector/list/list-bounds.ts';

/** Every detail whose absence the simulation shows. */
export const DETAILS: readonly Detail[] = [
  {
    without: '`dueAt` on planned orders',
    scenario: 'mixed',
    shows: ['document'],
    edits: [edit('src/ledger/documents/order.ts', '    dueAt: addMs(now, times.planned),\n', '')],
  },
  {
    without: 'listing after parking',
    scenario: 'mixed',
    shows: ['document'],
    edits: [
      edit(PARK, 'const isFree = await isAppFree(order, work);', 'const isFree = false;'),
      edit(MOVES, 'return addMs(at, times.parkedPoll);', 'return undefined;'),
    ],
  },
  {
    without: 'reading the other order before merging',
    scenario: 'mixed',
    shows: ['owed'],
    edits: [edit(SLOTS, "other?.state === 'parked' && other.doubt", 'other !== undefined && other.doubt')],
  },
  {
    without: 'merging only into an order without doubt',
    scenario: 'doubt',
    shows: ['owed'],
    edits: [edit(SLOTS, ' && other.doubt === undefined;\n', ';\n')],
  },
  {
    without: '`resolvedAt` in a write of its own, last',
    scenario: 'mixed',
    shows: ['owed'],
    edits: [
      edit(
        'actions/invoker/invoke-plan.ts',
        '  const rows = orders.length === 0',
        '  await resolveEvents(events.filter(isStored), { skips: plan.skips, definition: plan.definition, now: storeNow() }, { store, times, log });\n  const rows = orders.length === 0',
      ),
    ],
  },
  {
    without: '`dueAt` on posted orders',
    scenario: 'mixed',
    shows: ['document'],
    edits: [edit(MOVES, 'return postedDueAt(order, when);', 'return undefined && postedDueAt(order, when);')],
  },
  {
    without: '`dueAt` on called-off orders, until what was merged into them is planned again',
    scenario: 'mixed',
    shows: ['owed'],
    edits: [
      edit(
        MOVES,
        "    case 'called-off':\n      return addMs(at, times.planned);\n",
        "      return addMs(at, times.planned);\n    case 'called-off':\n      return undefined;\n",
      ),
    ],
  },
  {
    without: 'the checkpoint after the events',
    scenario: 'silent',
    shows: ['owed', 'again'],
    edits: [
      edit(
        'actions/collector/sweep-tenant.ts',
        '  const created = await createEvents(unknown, ports,',
        '  if (hasMoved) await ports.store.put({ ...next });\n  const created = await createEvents(unknown, ports,',
      ),
    ],
  },
  {
    without: 'the checkpoint only as far as seen',
    scenario: 'silent',
    shows: ['sweep-writes'],
    edits: [
      edit(
        BOUNDS,
        'return Math.max(known, greatestEnd(list.reloads, list.tenantNow ?? storeNow) ?? known) as EpochMs;',
        'return list.tenantNow ?? known;',
      ),
    ],
  },
  {
    without: 'the overlap',
    scenario: 'silent',
    shows: ['owed', 'again'],
    edits: [
      edit(BOUNDS, '(behind?.[appId]?.t ?? t) - overlap', 'overlap && (behind?.[appId]?.t ?? t)'),
      edit(BOUNDS, 'Math.max(furthest - overlap, from)', 'Math.max(overlap && furthest, from)'),
    ],
  },
  {
    without: 'the grace before "absent"',
    scenario: 'doubt',
    shows: ['start'],
    edits: [
      edit(
        'actions/reload/reload-order.ts',
        'const isOldEnough = now >= addMs(oldDoubt.sentAt ?? oldDoubt.since, work.times.grace);',
        'const isOldEnough = now >= (oldDoubt.sentAt ?? oldDoubt.since) - 1e9;',
      ),
      edit(MOVES, 'return settledAt > at ? settledAt : (until ?? addMs(at, times.grace));', 'return settledAt && at;'),
    ],
  },
  {
    without: '"absent" only if the list reaches back',
    scenario: 'slow',
    shows: ['start'],
    edits: [edit('actions/reload/look-for-own.ts', 'length < LEAST_KEPT', 'length >= 0')],
  },
  {
    without: 'listing before posting if there is a doubt',
    scenario: 'doubt',
    shows: ['start'],
    edits: [
      edit(
        'actions/reload/reload-order.ts',
        'const settled = await settleDoubt(claim, work);',
        'const settled: Settled = { claim };',
      ),
    ],
  },
  {
    without: 'the store’s clock',
    scenario: 'slow',
    shows: ['start'],
    edits: [
      edit(
        'actions/reload/order-work.ts',
        'if (now !== undefined) return now;',
        'if (now !== undefined) return ports.now();',
      ),
    ],
  },
  {
    without: 'the stopwatch before the send',
    scenario: 'slow',
    shows: ['start'],
    edits: [
      edit(
        'actions/reload/post-order.ts',
        'return now !== undefined && dueAt !== undefined && dueAt - now > times.margin;',
        'return now !== undefined && dueAt !== undefined && times.margin > 0;',
      ),
      // The run's own limit would end a late worker's patience before its lease ends.
      edit(
        'actions/reload/order-work.ts',
        'const leftMs = Math.min(CALL_TIMEOUT_MS, deadline - now() - RESERVE_MS);',
        'const leftMs = deadline && now() && RESERVE_MS && CALL_TIMEOUT_MS;',
      ),
    ],
  },
  {
    without: 'converting clocks when adopting',
    scenario: 'no-echo',
    shows: ['start'],
    edits: [
      edit(
        'actions/reload/look-for-own.ts',
        'tenantClockAt(page.tenantNow, (work.clock() - doubt.since) as DurationMs)',
        'page.tenantNow && doubt.since',
      ),
    ],
  },
  {
    without: 'sharing a guess',
    scenario: 'no-echo',
    shows: ['start'],
    edits: [
      edit(
        'actions/reload/guess-own.ts',
        'return also.includes(_id) ? 1 : 3;',
        'return also.includes(_id) ? 1 : undefined;',
      ),
    ],
  },
  {
    without: 'no checkpoint → now',
    scenario: 'mixed',
    shows: ['start'],
    edits: [edit('actions/collector/list/checkpoint.ts', '{ t: now, from: now, apps', '{ t: 0, from: 0, apps')],
  },
  {
    without: 'the hint stored before the 2xx',
    scenario: 'mixed',
    shows: ['answer'],
    edits: [
      edit(
        'actions/receiver/receive.ts',
        'await storeHint(news, webhook)',
        '{ hints: [{ tenant: ended.tenant, told: ended.reloadId }] }',
      ),
    ],
  },
  {
    without: 'merging equal bodies and policies only',
    scenario: 'mixed',
    shows: ['owed'],
    edits: [
      edit(
        'src/ledger/body-hash.ts',
        "return createHash('sha256')\n",
        "if (sorted.length >= 0) return 'any';\n  return createHash('sha256')\n",
      ),
    ],
  },
  {
    without: 'a late end at its own time',
    scenario: 'mixed',
    shows: ['owed', 'start'],
    edits: [edit(JOINS, '[...memory.log, end].sort(compareEnds)', '[...memory.log, end]')],
  },
  {
    without: 'a later end of another outcome withdraws a half',
    scenario: 'mixed',
    shows: ['start', 'owed'],
    edits: [
      edit(
        FOLD,
        "drop(waiting.get(end.app), matches(end) ? 'superseded' : 'withdrawn');",
        "if (matches(end)) drop(waiting.get(end.app), 'superseded');",
      ),
    ],
  },
  {
    without: 'a firing uses up its halves',
    scenario: 'mixed',
    shows: ['start', 'owed'],
    edits: [
      edit(
        FOLD,
        "for (const half of used) drop(half, 'used');",
        "for (const half of used) fates.set(endId(half), 'used');",
      ),
    ],
  },
  {
    without: 'a half expires',
    scenario: 'mixed',
    shows: ['start', 'owed'],
    edits: [edit(FOLD, "if (addMs(half.endedAt, within) < end.endedAt) drop(half, 'expired');", '{ }')],
  },
  {
    without: 'the number of the attempt that ended',
    scenario: 'mixed',
    shows: ['start', 'owed', 'desk'],
    edits: [
      edit(
        'src/core/end-meaning.ts',
        'if (end.orderId === order._id && end.orderTry !== undefined) return end.orderTry;\n  const place = order.ends.indexOf(end.reloadId);\n  if (place >= 0) return place + 1;\n',
        '',
      ),
      edit(
        'src/core/end-meaning.ts',
        'return order.reloadId === end.reloadId ? order.try : startedTry;',
        'return order.try;',
      ),
    ],
  },
  {
    without: 'followers see the last attempt only',
    scenario: 'mixed',
    shows: ['start'],
    edits: [
      edit(
        'actions/resolver/judge-ends.ts',
        "({ outcome }) => outcome !== 'succeeded'",
        "({ outcome }) => outcome === 'canceled'",
      ),
    ],
  },
  {
    without: '`cancelRequestedAt` before canceling',
    scenario: 'mixed',
    shows: ['owed', 'start', 'desk'],
    edits: [
      edit(
        'actions/collector/cancel-if-too-long.ts',
        '    cancelRequestedAt: { ...marks, [reloadId]: marks?.[reloadId] ?? at },\n',
        '',
      ),
    ],
  },
  {
    without: 'asking the gate before posting',
    scenario: 'stormy',
    shows: ['before-retry-after'],
    edits: [
      edit(
        'actions/reload/wait-at-gate.ts',
        'const gateUntil = await gateNow(claim.order.tenant, known);',
        'const gateUntil = (await gateNow(claim.order.tenant, known)) && undefined;',
      ),
    ],
  },
  {
    without: 'what unfinished documents refer to stays',
    scenario: 'mixed',
    shows: ['purged'],
    edits: [
      edit(
        'src/ledger/retention/plan-purge.ts',
        'for (const id of [_id, ...keeps]) keep(id);',
        'for (const id of [_id, ...keeps].slice(0, 1)) keep(id);',
      ),
    ],
  },
  {
    without: 'a definition stays while a document names it',
    scenario: 'mixed',
    shows: ['purged'],
    edits: [
      edit(REFERENCES, 'return { ...NONE, keeps, holds: idsOf(definition) };', 'return { ...NONE, keeps };'),
      edit(REFERENCES, 'holds: [...mergedInto, ...idsOf(definition), ', 'holds: [...mergedInto, '),
    ],
  },
  {
    without: 'an event due until it is recorded, too',
    scenario: 'mixed',
    shows: ['document'],
    edits: [
      edit(
        'src/ledger/documents/event.ts',
        'if (event.resolvedAt !== undefined && event.recordedAt !== undefined) return event;',
        'if (event.resolvedAt !== undefined) return event;',
      ),
    ],
  },
  {
    without: '`seen`',
    scenario: 'mixed',
    shows: ['document'],
    edits: [edit(APPLY, 'if (state.seen.includes(end.reloadId)) return { state, dropped: 0 };\n', '')],
  },
  {
    without: 'applying the ends of an app in their order',
    scenario: 'mixed',
    shows: ['document'],
    edits: [edit('actions/storer/record-apps.ts', '.sort(byEnd);', ';')],
  },
  {
    without: '`decided` apart from `last`',
    scenario: 'mixed',
    shows: ['desk'],
    edits: [
      edit(APPLY, 'isNewer(end, state.decided, context.now)', 'isNewer(end, state.decided && state.last, context.now)'),
    ],
  },
  {
    without: 'asking whether another attempt follows',
    scenario: 'mixed',
    shows: ['desk'],
    edits: [
      edit(APPLY, "(isMatch('failed', outcome) && !willRetry);", "isMatch('failed', outcome) && (willRetry || true);"),
    ],
  },
  {
    without: 'tickets before `recordedAt`',
    scenario: 'mixed',
    shows: ['desk'],
    edits: [
      edit(
        'actions/storer/store-ends.ts',
        'for (const app of apps) if (await writeTickets(app, ports)) settled.push(app);\n  await finish(settled, stuck, ports);',
        'for (const app of apps) settled.push(app);\n  await finish(settled, stuck, ports);\n  for (const app of apps) await writeTickets(app, ports);',
      ),
    ],
  },
  {
    without: '`over` until the success is recorded',
    scenario: 'stormy',
    shows: ['desk'],
    edits: [
      edit(
        'src/core/desk/app-state.ts',
        'over: state.over.filter(({ reloadId }) => !recorded.has(reloadId)),',
        'over: state.over.slice(-1).filter(({ reloadId }) => reloadId === state.seen.at(-1)),',
      ),
    ],
  },
  {
    without: 'the streak’s own numbers in its ticket',
    scenario: 'mixed',
    shows: ['desk'],
    edits: [edit('src/core/tickets/raise-ticket.ts', 'Math.max(ticket.times, streak.times)', 'ticket.times + 1')],
  },
  {
    without: 'merging into the event as it is then',
    scenario: 'mixed',
    shows: ['document'],
    edits: [
      edit(
        'actions/invoker/store-plan.ts',
        'const believed = { ...endingAt(event, endedAt)',
        'const believed = { ...endingAt({ ...(planned.get(event._id) ?? event), _rev: event._rev }, endedAt)',
      ),
    ],
  },
  {
    without: '`to` for each channel',
    scenario: 'mixed',
    shows: ['notice'],
    edits: [
      edit(
        OUTBOX,
        '(ids.has(notice.id) ? withoutChannel(notice, channel) : notice)',
        '(ids.has(notice.id) ? { ...withoutChannel(notice, channel), to: [] } : notice)',
      ),
    ],
  },
  {
    without: 'one lease for all notices of a document',
    scenario: 'mixed',
    shows: ['notice'],
    edits: [edit(OUTBOX, '(leases?.[channel] ?? 0) <= now)', '(leases?.[channel] ?? 0) >= 0 && now > 0)')],
  },
  {
    without: 'halving a message that is refused',
    scenario: 'mixed',
    shows: ['undone'],
    edits: [edit(OUTBOX, 'const most = Math.max(1, Math.floor(size / 2));', 'const most = size;')],
  },
  {
    without: 'a pause that outlasts a message under way',
    scenario: 'stormy',
    shows: ['before-retry-after'],
    edits: [
      edit(
        'src/core/desk/channel-state.ts',
        'if (failures === undefined || (pausedUntil !== undefined && pausedUntil > now)) return state;',
        'if (failures === undefined) return state;',
      ),
    ],
  },
  {
    without: '`lastSuccess` as the greatest',
    scenario: 'mixed',
    shows: ['desk'],
    edits: [edit(APPLY, 'isNewer(end, state.lastSuccess, now)', 'isNewer(end, state.last, now)')],
  },
  {
    without: '`dueAt` worked out in every write of an app',
    scenario: 'mixed',
    shows: ['undone'],
    edits: [
      edit(
        'src/ledger/owing-document.ts',
        'noticesDueAt(notices, leases) :',
        'noticesDueAt(notices, leases) ?? (fields as { last?: { endedAt: EpochMs } }).last?.endedAt :',
      ),
    ],
  },
];
