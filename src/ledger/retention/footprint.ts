import { type AppKey, appKey, type TenantName } from '../../core/names.ts';
import { isFinal } from '../../core/order-state.ts';
import type { EpochMs } from '../../core/units.ts';
import type { LedgerDocument, LedgerType } from '../ledger-document.ts';
import { type References, referencesOf } from './references.ts';
import { RETENTION_RULES, type RetentionRule } from './retention-rules.ts';

/**
 * What a purge (it removes old documents from the ledger, Cascade's memory) has to know of one document. A purge can
 * decide only after it has read the whole ledger, because documents need each other. So it keeps footprints of all
 * documents, which are smaller than the documents.
 */
export interface Footprint extends References {
  readonly _id: string;
  readonly _rev: string;
  /**
   * Since when the document is final, that is, nothing is left to be done with it. Undefined if it is not final, or if
   * documents of its type are never removed.
   */
  readonly finalSince: EpochMs | undefined;
  /** Of an event (an ended reload): in which tenant the reload ended, and when. */
  readonly end?: { readonly tenant: TenantName; readonly endedAt: EpochMs };
  /**
   * Of an order (a reload that Cascade owes): its app, and whether it is in doubt, that is, whether Qlik may have
   * started a reload for it that Cascade does not know.
   */
  readonly order?: { readonly app: AppKey; readonly isInDoubt: boolean };
}

/** The footprint of a document that could be read. */
export function footprintOf(document: LedgerDocument): Footprint {
  const { _id, _rev } = document;
  const rule = RETENTION_RULES[document.type] as RetentionRule<LedgerType> | undefined;
  const finalSince = rule && sinceOf(document, rule);
  return { _id, _rev, finalSince, ...extrasOf(document) };
}

/**
 * The footprint of a document that is malformed. A purge does not remove it, and does not know which others it refers
 * to.
 */
export const unreadableFootprint = (_id: string, _rev: string): Footprint => ({
  ...{ _id, _rev, finalSince: undefined },
  ...WITHOUT_REFERENCES,
});

const WITHOUT_REFERENCES: References = { keeps: [], staysWith: [], holds: [] };

/** Since when a document is final: the latest of the instants that its rule names. Undefined if it is not final. */
function sinceOf(
  document: LedgerDocument,
  { instants, isFinal: isDone, innerInstants }: RetentionRule<LedgerType>,
): EpochMs | undefined {
  if (!isDone(document)) return undefined;
  const fields = document as unknown as Readonly<Record<string, number | undefined>>;
  const inner = innerInstants?.(document as never) ?? [];
  return Math.max(0, ...instants.map((field) => fields[field] ?? 0), ...inner) as EpochMs;
}

/** The references of a document, and the fields that only events and orders have. */
function extrasOf(document: LedgerDocument): Omit<Footprint, '_id' | '_rev' | 'finalSince'> {
  switch (document.type) {
    case 'event': {
      const { tenant, endedAt } = document;
      return { ...referencesOf(document), end: { tenant, endedAt } };
    }
    case 'order': {
      const isInDoubt = document.doubt !== undefined && !isFinal(document.state);
      return { ...referencesOf(document), order: { app: appKey(document), isInDoubt } };
    }
    case 'act':
    case 'alert':
    case 'definition':
    case 'hint':
    case 'join':
    case 'started':
    case 'ticket':
      return referencesOf(document);
    default:
      return WITHOUT_REFERENCES;
  }
}
