/*
 * Qlik reports ended reloads by webhooks and in lists, with many of the same fields. This file reads these fields one
 * by one. So the same rules hold for webhooks and for lists.
 */

import { definedFields } from '../defined-fields.ts';
import { fieldOf, type JsonObject, textOf } from '../json-fields.ts';
import type { OrderId } from '../names.ts';
import { clipped } from '../outside-text.ts';
import type { Outcome, ReloadFinished } from '../reload-finished.ts';
import { type EpochMs, instantIn } from '../units.ts';

/** The longest reload id that Cascade accepts, in characters. Qlik's own ids have 24. */
export const LONGEST_RELOAD_ID = 128;

const RELOAD_ID = new RegExp(`^[A-Za-z0-9_.-]{1,${LONGEST_RELOAD_ID}}$`);

/** Whether a text can be a reload's id. Such an id becomes part of document ids and URL paths. */
export const isReloadId = (text: string): boolean => RELOAD_ID.test(text);

const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  SUCCEEDED: 'succeeded',
  OK: 'succeeded',
  FAILED: 'failed',
  ERROR: 'failed',
  CANCELED: 'canceled',
  EXCEEDED_LIMIT: 'exceeded-limit',
};

/**
 * The outcome that Qlik's `status` names. If Qlik leaves `status` out, or uses a word that is not in the table, its
 * field `succeeded` decides.
 *
 * @returns undefined if neither names an outcome.
 */
export function outcomeOf(status: string | undefined, succeeded: unknown): Outcome | undefined {
  const key = (status ?? '').toUpperCase();
  if (Object.hasOwn(OUTCOME_OF, key)) return OUTCOME_OF[key];
  if (typeof succeeded !== 'boolean') return undefined;
  return succeeded ? 'succeeded' : 'failed';
}

/** The longest texts that are read or kept, in UTF-16 units, so that a text from outside cannot fill a document. */
const LONGEST = { code: 200, message: 1_000, resourceId: 500 };

/** The error in an event's data or in a reload record, with its texts cut; undefined if there is none. */
export function errorIn(data: JsonObject): ReloadFinished['error'] {
  const code = textOf(data, 'errorCode');
  const message = textOf(data, 'errorMessage');
  if (code === undefined && message === undefined) return undefined;
  return { code: clipped(code ?? '', LONGEST.code), message: clipped(message ?? '', LONGEST.message) };
}

/**
 * Qlik's webhook gives the end without its milliseconds. So a time less than a second after the end may still be right.
 */
const SAME_SECOND_MS = 1_000;

/**
 * When a reload was asked for and began to run, if a webhook's data says so. A time that is a second or more after the
 * end is left out. A time less than a second after it becomes the end.
 */
export function timesIn(data: JsonObject, endedAt: EpochMs): Pick<ReloadFinished, 'createdAt' | 'startedAt'> {
  const duration = fieldOf(data, 'durationSeconds');
  const computed =
    typeof duration === 'number' && duration >= 0 ? ((endedAt - duration * 1_000) as EpochMs) : undefined;
  const credible = (at: EpochMs | undefined): EpochMs | undefined =>
    at !== undefined && at >= 0 && at < endedAt + SAME_SECOND_MS ? (Math.min(at, endedAt) as EpochMs) : undefined;
  return definedFields({
    createdAt: credible(instantIn(textOf(data, 'creationTime'))),
    startedAt: credible(instantIn(textOf(data, 'startTime')) ?? computed),
  });
}

/**
 * The `resourceId` that Cascade sends to Qlik: the id of the order (a reload that Cascade owes), and the number of the
 * attempt (Cascade may start a failed reload again), such as `order:default:<app>:s:<cause>~1`. Some tenants give it
 * back.
 */
const OUR_RESOURCE_ID = /^(order:.+)~(\d{1,4})$/;

/**
 * The order and the attempt that a `resourceId` names. Both are absent if the text has not the form that Cascade sends.
 */
export function orderIn(resourceId: string | undefined): Pick<ReloadFinished, 'orderId' | 'orderTry'> {
  const [, orderId, orderTry] = OUR_RESOURCE_ID.exec(clipped(resourceId ?? '', LONGEST.resourceId)) ?? [];
  return orderId === undefined ? {} : { orderId: orderId as OrderId, orderTry: Math.max(1, Number(orderTry)) };
}
