import { badRequest } from './http/answer.ts';
import { asObject } from './http/call.ts';
import { parseHeaders } from './http/parse-headers.ts';

const API_KINDS = ['status', 'status-after', 'drop-before', 'drop-after', 'delay', 'hang'] as const;
const DELIVERY_KINDS = ['duplicate', 'drop', 'delay', 'reorder', 'cut', 'slow'] as const;
const FIELDS = ['on', 'kind', 'times', 'appId', 'webhookId', 'eventType', 'status', 'body', 'headers', 'ms'];

interface Common {
  readonly appId: string | undefined;
  readonly times: number;
  readonly ms: number;
}

/** A failure of an API call. `on` is a route (`GET /api/v1/reloads/{id}`) or one method and path. */
export interface ApiFault extends Common {
  readonly on: string;
  readonly kind: (typeof API_KINDS)[number];
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Something that goes wrong with a delivery. */
export interface DeliveryFault extends Common {
  readonly on: 'delivery';
  readonly kind: (typeof DELIVERY_KINDS)[number];
  readonly webhookId: string | undefined;
  readonly eventType: string | undefined;
}

export type Fault = ApiFault | DeliveryFault;

/** The failures to come, in order; each is used up after its number of times. */
export class Faults {
  #left: Fault[] = [];

  /** Forgets all faults and takes these. @throws Refusal 400; then the former ones stay */
  replace(value: unknown, isRoute: (name: string) => boolean): void {
    if (!Array.isArray(value)) throw badRequest('The body must be an array of faults.');
    this.#left = value.map((fault: unknown) => parseFault(fault, isRoute));
  }

  /** What has not been used up. */
  left(): readonly Fault[] {
    return this.#left;
  }

  restore(left: readonly Fault[]): void {
    this.#left = [...left];
  }

  /** The first fault for a call of `route` with `path` that concerns `appId`, counted as used once. */
  takeForCall(route: string, path: string, appId: string | undefined): ApiFault | undefined {
    if (this.#left.length === 0) return undefined;
    const method = route.split(' ')[0];
    const isFor = (fault: Fault): fault is ApiFault =>
      fault.on !== 'delivery' && (fault.on === route || fault.on === `${method} ${path}`) && concerns(fault, appId);
    return this.#take(isFor);
  }

  /** The first fault for a delivery, counted as used once. */
  takeForDelivery(delivery: { appId: string; webhookId: string; eventType: string }): DeliveryFault | undefined {
    const isFor = (fault: Fault): fault is DeliveryFault =>
      fault.on === 'delivery' &&
      concerns(fault, delivery.appId) &&
      (!('webhookId' in fault) || (fault.webhookId ?? delivery.webhookId) === delivery.webhookId) &&
      (!('eventType' in fault) || (fault.eventType ?? delivery.eventType) === delivery.eventType);
    return this.#take(isFor);
  }

  #take<F extends Fault>(isFor: (fault: Fault) => fault is F): F | undefined {
    const fault = this.#left.find(isFor);
    if (fault === undefined) return undefined;
    this.#left = this.#left
      .map((other) => (other === fault ? { ...other, times: other.times - 1 } : other))
      .filter((other) => other.times > 0);
    return fault;
  }
}

function concerns(fault: Fault, appId: string | undefined): boolean {
  return fault.appId === undefined || fault.appId === appId;
}

function parseFault(value: unknown, isRoute: (name: string) => boolean): Fault {
  const fault = asObject(value, 'A fault');
  const unknown = Object.keys(fault).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw badRequest(`A fault has no field "${unknown}".`);
  const on = text(fault, 'on') ?? '';
  if (on !== 'delivery' && !isRoute(on))
    throw badRequest(`"on" must be "delivery" or a route, not ${JSON.stringify(on)}.`);
  const common = { appId: text(fault, 'appId'), times: count(fault, 'times', 1), ms: count(fault, 'ms', 1000) };
  if (on === 'delivery') return { ...common, on, ...parseDeliveryPart(fault) };
  return { ...common, on, ...parseApiPart(fault) };
}

function parseDeliveryPart(fault: Record<string, unknown>): Pick<DeliveryFault, 'kind' | 'webhookId' | 'eventType'> {
  const kind = DELIVERY_KINDS.find((known) => known === fault['kind']);
  if (kind === undefined) throw badRequest(`The kind of a delivery's fault is one of ${DELIVERY_KINDS.join(', ')}.`);
  return { kind, webhookId: text(fault, 'webhookId'), eventType: text(fault, 'eventType') };
}

function parseApiPart(fault: Record<string, unknown>): Pick<ApiFault, 'kind' | 'status' | 'body' | 'headers'> {
  const kind = API_KINDS.find((known) => known === fault['kind']);
  if (kind === undefined) throw badRequest(`The kind of an API call's fault is one of ${API_KINDS.join(', ')}.`);
  const status = count(fault, 'status', 503);
  if (status < 200 || status > 599) throw badRequest('status must be from 200 to 599.');
  const body = fault['body'] ?? { errors: [{ code: `HTTP-${status}`, title: `Simulated failure ${status}` }] };
  return { kind, status, body, headers: parseHeaders(fault['headers'], 'headers') };
}

function text(fault: Record<string, unknown>, field: string): string | undefined {
  const value = fault[field];
  if (value !== undefined && typeof value !== 'string') throw badRequest(`${field} must be a string.`);
  return value;
}

function count(fault: Record<string, unknown>, field: string, initial: number): number {
  const value = fault[field] ?? initial;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw badRequest(`${field} must be a whole number above 0.`);
  }
  return value;
}
