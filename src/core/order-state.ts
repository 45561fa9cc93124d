/**
 * The states of an order, which is one reload that Cascade owes (docs/ledger.md, "An order's life"). The action
 * `reload` claims the order, so that no other activation works on it, and asks Qlik for the reload with a POST. The
 * claim ends with its lease, after 150 s. Whoever changes an order's state first asks `mayMove`.
 */
export const ORDER_STATES = [
  'planned', // owed; nobody has claimed it
  'claimed', // one activation works on it, until its lease ends
  'unknown', // Qlik may have accepted the POST, and no list of Qlik's has shown yet whether it did
  'parked', // its app is busy with another reload
  'waiting', // it is started later: the tenant or a limit does not let it start now, or an attempt failed
  'posted', // its reload was started, and Cascade has not heard of its end
  'ended', // its reload ended, or nobody can find out any more how
  'merged', // the reload of another order serves this one, too
  'gave-up', // the tenant refused it for good, or Qlik no longer shows whether it was started
  'called-off', // a person canceled it
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/**
 * Who may move an order: the action `reload`; the storer or the sweep, when one of them settles how a reload ended; or
 * a person, with a command. The storer records ends. The sweep runs every 5 minutes and takes up what was left undone.
 */
export type OrderActor = 'reload' | 'settling' | 'person';

/** From which state to which, and by whom. All other moves are forbidden. */
const ARROWS: Readonly<Record<OrderState, Readonly<Partial<Record<OrderState, readonly OrderActor[]>>>>> = {
  planned: { claimed: ['reload'], 'called-off': ['person'] },
  // From claimed to claimed: the lease has lapsed, and another activation takes the order.
  claimed: {
    claimed: ['reload'],
    posted: ['reload'],
    unknown: ['reload'],
    parked: ['reload'],
    waiting: ['reload', 'settling'],
    'gave-up': ['reload'],
    ended: ['settling'],
  },
  unknown: { claimed: ['reload'], waiting: ['settling'], ended: ['settling'] },
  // Only a parked order is merged into another one. It is stored as parked first, so that others see it.
  parked: { claimed: ['reload'], merged: ['reload'], 'called-off': ['person'] },
  waiting: { claimed: ['reload'], 'called-off': ['person'] },
  posted: { waiting: ['settling'], ended: ['settling'] },
  merged: { planned: ['reload', 'person'] },
  ended: {},
  'gave-up': {},
  'called-off': {},
};

/** Whether `actor` may take an order from one state to another. */
export const mayMove = (actor: OrderActor, from: OrderState, to: OrderState): boolean =>
  ARROWS[from][to]?.includes(actor) ?? false;

/**
 * Whether an order in this state is final: nobody starts it any more. (A merged order may become planned again.) A
 * final order has no `dueAt`, the instant at which the sweep takes it up, with two exceptions:
 *
 * - A merged order keeps it until the order that it merged into was read once more.
 * - A called-off order keeps it until the orders that merged into it are planned again.
 */
export const isFinal = (state: OrderState): boolean => FINAL.includes(state);

const FINAL: readonly OrderState[] = ['ended', 'merged', 'gave-up', 'called-off'];
