import type { ReloadBody } from '../core/link.ts';

/** The parameters of `reload` when a person invokes it. */
export interface ManualReload extends ReloadBody {
  /** The app's id, its `chain/name`, or its short name if only one chain file has it. */
  readonly app: string;
  /** Default: the tenant that the chain files say, else `default`. */
  readonly tenant?: string;
}
