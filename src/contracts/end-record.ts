import type { ReloadFinished } from '../core/reload-finished.ts';

/** What the invoker passes to `record`, under the one key `record`: the events of one run of the invoker, and what is due. */
export interface EndRecord {
  readonly traceId: string;
  readonly events: readonly ReloadFinished[];
  /** Documents that are due for the notices that they owe. */
  readonly owing?: readonly string[];
}
