import type { ReloadBody } from '../core/link.ts';

/**
 * The parameters of OpenWhisk's action `reload` if a person invokes it, to reload an app by hand. If Cascade itself
 * invokes the action, the parameters are an `OrderRequest`.
 */
export interface ManualReload extends ReloadBody {
  /** The app's id, its `chain/name`, its short name in a chain file, or its name for people, if that is unambiguous. */
  readonly app: string;
  /** Default: the tenant that the chain files name for this app, else the tenant called `default`. */
  readonly tenant?: string;
}
