import type { ReloadBody } from '../../../src/core/link.ts';
import type { AppRef } from '../../../src/core/names.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { QlikOutcome } from './tenant-model.ts';

/** An end that may have followers, as the world knows it. */
export interface TrueEnd {
  readonly tenant: string;
  readonly appId: string;
  readonly reloadId: string;
  readonly outcome: QlikOutcome;
  /** World time. */
  readonly at: number;
  /** False if Cascade could never hear of the end (docs/promises.md). It is called at the end of the run. */
  readonly isKnowable: () => boolean;
  /**
   * Whether only the engine's event reports the end. Qlik's list never has it, and Cascade believes the event an hour
   * later.
   */
  readonly isUnlisted?: boolean;
  /** The resource id of our POST, if the reload was ours. */
  readonly resourceId?: string;
  /** Whether another attempt follows the end, so that nothing else must follow. */
  readonly isTriedAgain?: boolean;
  /** How long after its acceptance the reload ended, in ms. */
  readonly ranMs?: number;
  /** Whether the tenant canceled the reload because the sweep asked for it. */
  readonly isCanceledByUs?: boolean;
}

/** A reload that Cascade owes: a link and its cause. */
export interface Owed {
  readonly end: TrueEnd;
  /** For a link that waits for several apps: the other ends that it uses, beside `end`. */
  readonly others?: readonly TrueEnd[];
  readonly target: AppRef;
  readonly body: ReloadBody;
  readonly policy?: Policy | undefined;
}
