/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Tests ask for
 * failures, to see that Cascade survives them. Such a failure is a fault. This file keeps the faults that are to come.
 */

import { badRequest } from './http/answer.ts';
import { isObject } from './http/call.ts';
import { refuseHeaders } from './http/refuse-headers.ts';
import { HEADERS, ONE_OR_MORE, parseEach, parserOf, wholeNumber } from './http/schema.ts';

interface CommonFault {
  /** How many more times the fault happens. */
  readonly times: number;
  /** How long a delay is, in milliseconds. */
  readonly ms: number;
  /** If it is given, the fault happens only for this app. */
  readonly appId: string | undefined;
}

/**
 * A failure of an API call. `on` is a route (`GET /api/v1/reloads/{id}`), or a method with an exact path.
 *
 * - `status`, `status-after`: the answer is `status`, `body` and `headers`, without or after the work of the call.
 * - `drop-before`, `drop-after`: the connection is cut before or after the work.
 * - `delay`: the answer comes `ms` later.
 * - `hang`: nothing is done, and no answer comes.
 */
export interface ApiFault extends CommonFault {
  readonly on: string;
  readonly kind: 'status' | 'status-after' | 'drop-before' | 'drop-after' | 'delay' | 'hang';
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A failure of the delivery of an event to a webhook.
 *
 * - `duplicate`: it is sent twice.
 * - `drop`: it is never sent.
 * - `delay`: it is sent `ms` later.
 * - `reorder`: the next delivery overtakes it, or it is sent `ms` later.
 * - `cut`: the connection is cut when half of the body is sent.
 * - `slow`: the second half of the body is sent `ms` later.
 */
export interface DeliveryFault extends CommonFault {
  readonly on: 'delivery';
  readonly kind: 'duplicate' | 'drop' | 'delay' | 'reorder' | 'cut' | 'slow';
  readonly webhookId: string | undefined;
  readonly eventType: string | undefined;
}

export type Fault = ApiFault | DeliveryFault;

/** Faults that will happen, in order. A fault is used up when it has happened as often as it says. */
export class FaultQueue<F extends { readonly times: number }> {
  #left: readonly F[] = [];

  /** Replaces all faults that are left. */
  replace(faults: readonly F[]): void {
    this.#left = faults;
  }

  /** The faults that are not used up. */
  left(): readonly F[] {
    return this.#left;
  }

  /** Returns the first fault that fits, and counts it as used once. */
  take<S extends F>(isFor: (fault: F) => fault is S): S | undefined {
    const fault = this.#left.find(isFor);
    if (fault !== undefined) {
      this.#left = this.#left
        .map((other) => (other === fault ? { ...other, times: other.times - 1 } : other))
        .filter((other) => other.times > 0);
    }
    return fault;
  }
}

/** The faults of the tenant that will happen. */
export class Faults extends FaultQueue<Fault> {
  /**
   * Returns the first fault for a call, and counts it as used once. `path` is the exact path of the call. `appId` is
   * the app that the call concerns.
   */
  takeForCall(route: string, path: string, appId: string | undefined): ApiFault | undefined {
    const names = [route, `${route.split(' ')[0]} ${path}`];
    return this.take((fault): fault is ApiFault => names.includes(fault.on) && (fault.appId ?? appId) === appId);
  }

  /** Returns the first fault for a delivery, and counts it as used once. */
  takeForDelivery(delivery: { appId: string; webhookId: string; eventType: string }): DeliveryFault | undefined {
    const isFor = (fault: Fault): fault is DeliveryFault =>
      isOfDelivery(fault) &&
      (fault.appId ?? delivery.appId) === delivery.appId &&
      (fault.webhookId ?? delivery.webhookId) === delivery.webhookId &&
      (fault.eventType ?? delivery.eventType) === delivery.eventType;
    return this.take(isFor);
  }
}

function isOfDelivery(fault: Fault): fault is DeliveryFault {
  return fault.on === 'delivery';
}

const ANY_TEXT = { type: 'string' };
const FIELDS = {
  on: ANY_TEXT,
  times: { ...ONE_OR_MORE, default: 1 },
  ms: { ...ONE_OR_MORE, default: 1000 },
  appId: ANY_TEXT,
};
// A fault of a call may have the fields of a delivery's fault, and the reverse. They are ignored.
const API_FIELDS = { status: {}, body: {}, headers: {} };
const DELIVERY_FIELDS = { webhookId: {}, eventType: {} };

const parseApiFault = parserOf<ApiFault>('A fault', {
  type: 'object',
  required: ['on', 'kind'],
  additionalProperties: false,
  properties: {
    ...FIELDS,
    ...DELIVERY_FIELDS,
    kind: { enum: ['status', 'status-after', 'drop-before', 'drop-after', 'delay', 'hang'] },
    status: { ...wholeNumber(200, 599), default: 503 },
    body: {},
    headers: HEADERS,
  },
});

const parseDeliveryFault = parserOf<DeliveryFault>('A fault', {
  type: 'object',
  required: ['kind'],
  additionalProperties: false,
  properties: {
    ...FIELDS,
    ...API_FIELDS,
    kind: { enum: ['duplicate', 'drop', 'delay', 'reorder', 'cut', 'slow'] },
    webhookId: ANY_TEXT,
    eventType: ANY_TEXT,
  },
});

/** Parses the body of `PUT /_sim/faults`. `isRoute` says whether the API serves `METHOD /path`. @throws Refusal 400 */
export function parseFaults(body: unknown, isRoute: (name: string) => boolean): readonly Fault[] {
  return parseEach(body, (value) => {
    if (isObject(value) && value['on'] === 'delivery') return parseDeliveryFault(value);
    const fault = parseApiFault(value);
    const { on, status } = fault;
    if (!isRoute(on)) throw badRequest(`"on" must be "delivery" or a route, not ${JSON.stringify(on)}.`);
    refuseHeaders(fault.headers, 'headers');
    const body = fault.body ?? { errors: [{ code: `HTTP-${status}`, title: `Simulated failure ${status}` }] };
    return { ...fault, body };
  });
}
