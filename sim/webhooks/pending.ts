import type { Mishap } from './mishap.ts';
import type { Payload } from './sender.ts';

/** A delivery that is still to be made, or made but not over. */
export interface Pending {
  readonly webhookId: string;
  readonly payload: Payload;
  /** How often it is sent, one beside the other. */
  readonly copies: number;
  /** How long it waits at most for the next one to overtake it; undefined = it does not wait. */
  readonly holdMs: Mishap['holdMs'];
  /** When it is sent at the soonest (epoch ms). */
  readonly dueAt: number;
}

/** The same as it is kept over a restart: its body as text, which it always is. */
export type SavedPending = Omit<Pending, 'payload' | 'holdMs'> & {
  readonly holdMs?: number | undefined;
  readonly payload: Omit<Payload, 'body'> & { readonly body: string };
};

/** The deliveries that are not over: after a crash they are made (again), as a sender does that keeps its queue. */
export class PendingDeliveries {
  readonly #all = new Set<Pending>();

  add(pending: Pending): void {
    this.#all.add(pending);
  }

  delete(pending: Pending): void {
    this.#all.delete(pending);
  }

  saved(): readonly SavedPending[] {
    return [...this.#all].map(({ payload, ...rest }) => {
      return { ...rest, payload: { ...payload, body: payload.body.toString('utf8') } };
    });
  }
}

/** What `PendingDeliveries.saved` gave, as it was. */
export function restoredPending(saved: readonly SavedPending[]): readonly Pending[] {
  return saved.map(({ payload, holdMs, ...rest }) => {
    return { ...rest, holdMs, payload: { ...payload, body: Buffer.from(payload.body, 'utf8') } };
  });
}
