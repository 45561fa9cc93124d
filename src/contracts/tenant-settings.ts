/** One entry of the setting `QLIK_TENANTS`: a tenant in which Cascade starts reloads, and the login for it. */
export interface QlikTenantSetting {
  /** The tenant's name in the chain files. */
  readonly name: string;
  /** `https://<tenant>.<region>.qlikcloud.com`. Http is allowed only for a loopback address. */
  readonly url: string;
  readonly apiKey?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

/**
 * One entry of the setting `WEBHOOK_TENANTS`: a tenant whose webhooks Cascade takes, and how they prove their sender.
 */
export interface WebhookTenantSetting {
  readonly name: string;
  /** Qlik's id of the tenant. A webhook names it as `tenantid`. */
  readonly id: string;
  /** With one of these secrets Qlik signs the webhook. */
  readonly secrets?: readonly string[];
  /** One of these keys is in a header of the webhook. */
  readonly apiKeys?: readonly string[];
}
