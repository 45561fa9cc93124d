/*
 * An act is one thing that a person did to a ticket (it is about an app's failures until its next success), an order (a
 * reload that Cascade owes) or an alert (something that a person should look at). Each act is a document of its own,
 * and a ticket's state follows from its acts. So two people can work at the same time, even offline, and do not
 * overwrite each other.
 */

import type { EpochMs } from '../units.ts';

/** The kinds of acts. All of them are for tickets. `dismiss` is for orders and alerts, too. */
export const ACT_KINDS = ['own', 'tag', 'untag', 'note', 'reject', 'answer', 'reopen', 'dismiss'] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** The most bytes of an act as JSON, without CouchDB's field `_rev`: enough for a note of a page. */
export const MAX_ACT_BYTES = 4_096;

interface ActOf<K extends ActKind> {
  /** See `actId`. */
  readonly _id: string;
  /** The CouchDB user who did it. */
  readonly by: string;
  /** By the clock of the person's device. It may be wrong. */
  readonly at: EpochMs;
  readonly kind: K;
}

/**
 * One thing that a person did to a ticket, an order or an alert. An act is never changed. To undo it, a person adds
 * another.
 */
export type Act =
  /** Whose ticket it is; null: nobody's. */
  | (ActOf<'own'> & { readonly value: string | null })
  /** A tag; the text of a note; why a ticket is rejected. */
  | (ActOf<'tag' | 'untag' | 'note' | 'reject'> & { readonly value: string })
  /** The minutes that the answer took. */
  | (ActOf<'answer'> & { readonly value: number })
  | (ActOf<'reopen' | 'dismiss'> & { readonly value?: undefined });

/** What a person does, before it has an id, a name and a time. */
export type NewAct = Act extends infer A ? (A extends Act ? Pick<A, 'kind' | 'value'> : never) : never;
