import { fieldOf, type JsonObject } from '../core/json-fields.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * Since when people are notified, as the document `schema` says: when a version that sends notices was first deployed, by
 * the store's clock. People hear of no end from before that.
 *
 * @param schema - the document as it was read; undefined if there is none.
 * @returns undefined if the document does not say it, or somebody spoilt it: then people hear of every end.
 */
export function noticesSinceIn(schema: JsonObject | undefined): EpochMs | undefined {
  const since = schema && fieldOf(schema, 'noticesSince');
  return typeof since === 'number' && since >= 0 ? (since as EpochMs) : undefined;
}
