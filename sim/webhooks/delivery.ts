import { jsonOrText } from '../http/parse-json.ts';

/** One attempt to deliver an event, finished. */
export interface Delivery {
  readonly id: string;
  readonly seq: number;
  readonly webhookId: string;
  readonly eventType: string;
  /** Of the event, if it was one. */
  readonly eventId: string | undefined;
  readonly appId: string | undefined;
  readonly status: 'success' | 'fail';
  readonly statusMessage: string;
  /** Epoch ms. */
  readonly triggeredAt: number;
  readonly request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
  readonly response:
    | { readonly statusCode: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
    | undefined;
}

/** A delivery as the API answers it; its body as JSON where it is JSON. */
export function viewDelivery(delivery: Delivery): Record<string, unknown> {
  const { seq: _seq, eventId: _eventId, appId: _appId, triggeredAt, request, ...rest } = delivery;
  return {
    ...rest,
    triggeredAt: new Date(triggeredAt).toISOString(),
    request: { ...request, body: jsonOrText(request.body.toString('utf8')) },
  };
}
