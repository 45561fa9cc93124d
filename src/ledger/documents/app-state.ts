import { appStateId } from '../../core/document-ids.ts';
import type { ReloadFinished } from '../../core/reload-finished.ts';
import { isObjectWith, readerOf } from '../document-reader.ts';
import { END_FIELDS } from './event.ts';

/**
 * `app:<tenant>:<appId>`: the last end of an app's reload of which Cascade heard. It is only for people: Cascade decides
 * nothing by it.
 *
 * Invariant: it moves only to a later end, or out of the future. It is for people, and nothing is decided by it.
 */
export interface AppStateDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'app';
  readonly last: ReloadFinished;
}

/** Reads the last end of an app's reload. @throws CascadeError LEDGER_MALFORMED. */
export const readAppState = readerOf<AppStateDocument>(
  'app',
  { last: isObjectWith(END_FIELDS) },
  ({ _id, last }) => _id === appStateId(last),
);
