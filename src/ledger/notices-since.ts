import { fieldOf, type JsonObject } from '../core/json-fields.ts';
import type { EpochMs } from '../core/units.ts';

/**
 * Reads since when people are notified of ended reloads: since a version that sends notices (messages for people) was
 * first deployed, by the store's clock. Deployment writes that into the document `schema`. The action `storer` makes no
 * notice of an earlier end, so that an upgrade does not notify people of old failures.
 *
 * @param schema - the document as it was read; undefined if there is none.
 * @returns undefined if the document does not say it, or somebody spoilt it: then the storer leaves no end out.
 */
export function noticesSinceIn(schema: JsonObject | undefined): EpochMs | undefined {
  const since = schema && fieldOf(schema, 'noticesSince');
  return typeof since === 'number' && since >= 0 ? (since as EpochMs) : undefined;
}
