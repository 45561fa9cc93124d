import { fieldOf, type JsonObject, objectOf, textOf } from '../json-fields.ts';
import { clipped } from '../outside-text.ts';

/** What every form of Qlik's envelope tells, whichever of its names a field goes by. */
export interface Envelope {
  /** Absent only in the oldest form. */
  readonly type?: string;
  readonly eventId?: string;
  /** ISO 8601. */
  readonly time?: string;
  /** Each tenant id that it names: one, or none, unless somebody made it up. */
  readonly tenantIds: readonly unknown[];
  /** `toplevelresourceid`: of an app's event, the app's id. */
  readonly resourceId?: string;
  readonly traceId?: string;
  readonly data: JsonObject;
}

/** Longer texts would only fill logs and answers. */
const LONGEST_TEXT = 200;

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/**
 * Reads CloudEvents 1.0, the legacy form 0.1 and the hybrid of both, field names in any case.
 *
 * Where a hybrid tells the same twice, the CloudEvents name is read.
 */
export function readEnvelope(body: JsonObject): Envelope {
  const extensions = objectOf(body, 'extensions');
  const fields = {
    type: textOf(body, 'type', 'eventType'),
    eventId: textOf(body, 'id', 'eventId'),
    time: textOf(body, 'time', 'eventTime'),
    resourceId: textOf(body, 'toplevelresourceid') ?? textOf(extensions, 'topLevelResourceId'),
    traceId: TRACEPARENT.exec(textOf(body, 'traceparent') ?? '')?.[1],
  };
  const data = objectOf(body, 'data');
  const tenantIds = [body, extensions, data]
    .map((part) => fieldOf(part, 'tenantId'))
    .filter((id) => id !== undefined && id !== null);
  const present = Object.fromEntries(
    Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [[name, clipped(text, LONGEST_TEXT)]])),
  );
  return { ...present, tenantIds, data };
}
