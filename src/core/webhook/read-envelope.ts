import { definedFields } from '../defined-fields.ts';
import { fieldOf, type JsonObject, objectOf, textOf } from '../json-fields.ts';
import { clipped, LONGEST_WORD, parseOutsideJson } from '../outside-text.ts';

/**
 * The envelope of a webhook of Qlik's: the fields around the data about the reload. The forms of the envelope have
 * different field names; here each field has one name.
 */
export interface Envelope {
  /** Absent in the oldest form, which has no type. */
  readonly type?: string;
  readonly eventId?: string;
  /** ISO 8601. */
  readonly time?: string;
  /**
   * The tenant ids in the body, its extensions and its data. Qlik sends one or none; a forged body may have several.
   */
  readonly tenantIds: readonly unknown[];
  /** `toplevelresourceid`. In an event about an app, it is the app's id. */
  readonly resourceId?: string;
  /** Qlik's trace id. Cascade's log lines and documents about this event have it. */
  readonly traceId?: string;
  readonly data: JsonObject;
}

/** `00-<trace id: 32 hex digits>-…` (W3C Trace Context). */
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/**
 * Parses a webhook's body as JSON. A byte order mark before it is ignored (RFC 8259 §8.1 allows that).
 *
 * @throws SyntaxError if it is not JSON.
 */
export const parseBody = (text: string): unknown => parseOutsideJson(text.replace(/^\uFEFF/, ''));

/**
 * Reads the envelope in any form: CloudEvents 1.0, the legacy form 0.1, or a mix of both. Field names may be in small
 * or capital letters. If a mix has a field under both names, the CloudEvents name counts.
 */
export function readEnvelope(body: JsonObject): Envelope {
  const extensions = objectOf(body, 'extensions');
  const data = objectOf(body, 'data');
  const short = (text: string | undefined) => text && clipped(text, LONGEST_WORD);
  return {
    ...definedFields({
      type: short(textOf(body, 'type', 'eventType')),
      eventId: short(textOf(body, 'id', 'eventId')),
      time: short(textOf(body, 'time', 'eventTime')),
      resourceId: short(textOf(body, 'toplevelresourceid') ?? textOf(extensions, 'topLevelResourceId')),
      traceId: TRACEPARENT.exec(textOf(body, 'traceparent') ?? '')?.[1],
    }),
    tenantIds: [body, extensions, data]
      .map((part) => fieldOf(part, 'tenantId'))
      .filter((id) => id !== undefined && id !== null),
    data,
  };
}
