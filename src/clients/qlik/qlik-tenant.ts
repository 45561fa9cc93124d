import type { TenantName } from '../../core/names.ts';

/** How Cascade proves to a tenant who it is. */
export type QlikCredential =
  | { readonly kind: 'api-key'; readonly apiKey: string }
  | { readonly kind: 'oauth'; readonly clientId: string; readonly clientSecret: string };

/** A tenant whose apps Cascade reloads. The settings give it (QLIK_TENANTS), and the client of Qlik's API takes it. */
export interface QlikTenant {
  readonly name: TenantName;
  /** `https://<host>`, without a path. */
  readonly origin: string;
  readonly credential: QlikCredential;
}
