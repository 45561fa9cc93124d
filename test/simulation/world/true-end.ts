import type { ReloadBody } from '../../../src/core/link.ts';
import type { AppRef } from '../../../src/core/names.ts';
import type { Policy } from '../../../src/core/policy.ts';
import type { QlikOutcome } from './tenant-model.ts';

/** An end that is to have followers, as the world knows it. */
export interface TrueEnd {
  readonly tenant: string;
  readonly appId: string;
  readonly reloadId: string;
  readonly outcome: QlikOutcome;
  /** World time. */
  readonly at: number;
  /** False if nobody could ever hear of it (docs/promises.md); asked at the end of the run. */
  readonly isKnowable: () => boolean;
  /**
   * Whether only the engine's event tells of it: Qlik's list never has it, and Cascade believes the event an hour
   * later.
   */
  readonly isUnlisted?: boolean;
  /** What our POST named, if it was ours. */
  readonly resourceId?: string;
  /** Whether another attempt follows it, so that nothing else is to. */
  readonly isTriedAgain?: boolean;
  /** From when the tenant accepted it, ms. */
  readonly ranMs?: number;
  /** Whether the tenant canceled it since the sweep asked for that. */
  readonly isCanceledByUs?: boolean;
}

/** A reload that is owed: a link and its cause. */
export interface Owed {
  readonly end: TrueEnd;
  /** Of a link that waits for several apps: the ends that it uses beside `end`. */
  readonly others?: readonly TrueEnd[];
  readonly target: AppRef;
  readonly body: ReloadBody;
  readonly policy?: Policy | undefined;
}
