/*
 * Types for the names and ids that pass through all of Cascade. All of them are texts. Each has a type of its own, so
 * that TypeScript finds it if, for example, a reload's id stands where an app's id belongs.
 */

/** A tenant's name in chain files and settings, `[a-z0-9][a-z0-9-]{0,39}`; `default` if none is given. */
export type TenantName = string & { readonly of: 'TenantName' };

/** A Qlik app's id (a UUID in Qlik Cloud), `[A-Za-z0-9-]{1,64}`. */
export type AppId = string & { readonly of: 'AppId' };

/** A Qlik reload's id (24 hex digits in Qlik Cloud). Cascade makes an id for a webhook that has none. */
export type ReloadId = string & { readonly of: 'ReloadId' };

/** A chain's name: what its file says after `chain:`, `[a-z0-9][a-z0-9-]{0,39}`. */
export type ChainName = string & { readonly of: 'ChainName' };

/** The id of an order (a reload that Cascade owes): see `orderId`. */
export type OrderId = string & { readonly of: 'OrderId' };

/** An app of a tenant as one text, by which tables are looked up: `tenant/appId`. */
export type AppKey = `${string}/${string}`;

/** The tenant of an app whose chain file names none. */
export const DEFAULT_TENANT = 'default' as TenantName;

/** An app of one tenant. */
export interface AppRef {
  readonly tenant: TenantName;
  readonly appId: AppId;
}

/** The key of an app. */
export const appKey = ({ tenant, appId }: AppRef): AppKey => `${tenant}/${appId}`;

/** The app of a key. A tenant's name has no slash. */
export function appOfKey(key: AppKey): AppRef {
  const slash = key.indexOf('/');
  return { tenant: key.slice(0, slash) as TenantName, appId: key.slice(slash + 1) as AppId };
}
