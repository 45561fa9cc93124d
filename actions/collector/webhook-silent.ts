import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { eventId } from '../../src/core/document-ids.ts';
import type { ReloadFinished } from '../../src/core/reload-finished.ts';

/** So many ends in a row that no webhook told are no coincidence: Qlik disables webhooks without a word. */
export const SILENT_AFTER = 5;

/** The newest `count` of ends that are in the order of their time. */
export const newestOf = (ended: readonly ReloadFinished[], count: number): readonly ReloadFinished[] =>
  ended.slice(-count);

/** Whether each of the newest ends was told by the sweep: by this one, or by one before. */
export function isWebhookSilent(
  newest: readonly ReloadFinished[],
  created: readonly ReloadFinished[],
  documents: ReadonlyMap<string, StoredDocument | undefined>,
): boolean {
  const isOurs = new Set(created.map(({ reloadId }) => reloadId));
  return (
    newest.length === SILENT_AFTER &&
    newest.every(
      ({ tenant, reloadId }) =>
        isOurs.has(reloadId) || documents.get(eventId(tenant, reloadId))?.['source'] === 'sweep',
    )
  );
}
