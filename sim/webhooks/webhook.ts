/** The fields of a webhook that its owner sets. */
export interface WebhookFields {
  readonly name: string;
  readonly url: string;
  readonly description: string | undefined;
  readonly eventTypes: readonly string[];
  readonly level: 'tenant' | 'user';
  readonly ownerId: string | undefined;
  readonly filter: string | undefined;
  readonly secret: string | undefined;
  readonly enabled: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly encryptedHeaders: Readonly<Record<string, string>>;
  readonly checkCertificateRevocation: boolean;
  readonly enableCloudEventDelivery: boolean;
  readonly origin: string;
}

export interface Webhook extends WebhookFields {
  readonly id: string;
  /** Counts the tenant's webhooks: orders those of the same millisecond. */
  readonly seq: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly createdByUserId: string;
  readonly updatedByUserId: string;
  readonly disabledReason: string | undefined;
  readonly disabledReasonCode: string | undefined;
}

/** A webhook as the API answers it: the secret never, of encrypted headers the names only (q-webhooks-crud-05, -06). */
export function viewWebhook(webhook: Webhook): Record<string, unknown> {
  const { seq: _seq, secret, createdAt, updatedAt, encryptedHeaders, ...rest } = webhook;
  return {
    ...rest,
    encryptedHeaders: Object.keys(encryptedHeaders),
    secretKeyAdded: secret !== undefined,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}
