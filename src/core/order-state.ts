/** The states of an order (ledger.md §3). */
export const ORDER_STATES = [
  'planned', // owed; nobody has claimed it
  'claimed', // a worker has it until its lease ends
  'unknown', // a POST may have been accepted, and the list does not show it yet
  'parked', // its app is busy with another reload
  'waiting', // the tenant takes it later: rate limit, quota
  'posted', // its reload is started and has not ended
  'ended', // its reload ended
  'merged', // another order's reload does for it
  'gave-up', // the tenant refused it for good, or nobody can tell any more whether it was started
  'called-off', // a person cancelled it
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** Who may take an arrow. */
export type OrderActor = 'reload' | 'settling' | 'person';

const ARROWS: Readonly<Record<OrderState, Readonly<Partial<Record<OrderState, readonly OrderActor[]>>>>> = {
  planned: { claimed: ['reload'], 'called-off': ['person'] },
  // To itself: a lease that lapsed.
  claimed: {
    claimed: ['reload'],
    posted: ['reload'],
    unknown: ['reload'],
    parked: ['reload'],
    waiting: ['reload'],
    'gave-up': ['reload'],
    ended: ['settling'],
  },
  unknown: { claimed: ['reload'], ended: ['settling'] },
  // Merged from here alone: an order is parked, for all to see, before it looks for another to merge into.
  parked: { claimed: ['reload'], merged: ['reload'], 'called-off': ['person'] },
  waiting: { claimed: ['reload'], 'called-off': ['person'] },
  posted: { ended: ['settling'] },
  merged: { planned: ['reload', 'person'] },
  ended: {},
  'gave-up': {},
  'called-off': {},
};

/** Whether `actor` may take an order from one state to another. */
export const mayMove = (actor: OrderActor, from: OrderState, to: OrderState): boolean =>
  ARROWS[from][to]?.includes(actor) ?? false;

/** Every arrow there is, as `from → to`. */
export const ORDER_ARROWS: readonly { readonly from: OrderState; readonly to: OrderState }[] = ORDER_STATES.flatMap(
  (from) => ORDER_STATES.filter((to) => ARROWS[from][to] !== undefined).map((to) => ({ from, to })),
);

/**
 * Whether an order in this state is started no more by itself. It has no `dueAt`, but at first where it is merged, until the
 * order that it merged into was read once more, or called off, until what was merged into it is planned again.
 */
export const isFinal = (state: OrderState): boolean =>
  state === 'ended' || state === 'merged' || state === 'gave-up' || state === 'called-off';
