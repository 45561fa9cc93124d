import type { ReloadFinished } from '../../core/reload-finished.ts';

/**
 * `app:<tenant>:<appId>`: the last end of an app's reload that Cascade heard of.
 *
 * Invariant: it moves only to a later end, or out of the future; it is for people, and decides nothing.
 */
export interface AppStateDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'app';
  readonly last: ReloadFinished;
}
