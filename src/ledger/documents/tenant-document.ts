/**
 * `tenant:<name>`: which of Qlik's tenants a name means.
 *
 * Invariant: only deployment writes it; whose settings say another address starts nothing, and settles nothing, under its name.
 */
export interface TenantDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'tenant';
  /** Its address, `https://<host>`. */
  readonly url: string;
  /** Qlik's tenant id, where the settings of the webhook say it. */
  readonly id?: string;
  /** Addresses that it had before it moved, the last first. */
  readonly before?: readonly string[];
}
