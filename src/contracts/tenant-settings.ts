/** One entry of the setting `QLIK_TENANTS`. */
export interface QlikTenantSetting {
  readonly name: string;
  /** `https://<tenant>.<region>.qlikcloud.com`. Http is allowed only for a loopback address. */
  readonly url: string;
  readonly apiKey?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

/** One entry of the setting `WEBHOOK_TENANTS`. */
export interface WebhookTenantSetting {
  readonly name: string;
  /** Qlik's tenant id, as in the envelope's `tenantid`. */
  readonly id: string;
  readonly secrets?: readonly string[];
  readonly apiKeys?: readonly string[];
}
