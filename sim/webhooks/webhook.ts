/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. A webhook is an
 * address to which the tenant sends events. These are the types of a webhook.
 */

import { isoTime } from '../clock.ts';

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

/** A webhook as the tenant keeps it, with times in epoch ms. */
export interface Webhook extends WebhookFields {
  readonly id: string;
  /** The webhook's number in the tenant. It orders webhooks of the same millisecond. */
  readonly seq: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly createdByUserId: string;
  readonly updatedByUserId: string;
  readonly disabledReason: string | undefined;
  readonly disabledReasonCode: string | undefined;
}

/**
 * A webhook as the API shows it: without its secret, and only with the names of its encrypted headers (facts
 * q-webhooks-crud-05, -06).
 */
export function viewWebhook(webhook: Webhook): Record<string, unknown> {
  const { seq: _seq, secret, createdAt, updatedAt, encryptedHeaders, ...rest } = webhook;
  return {
    ...rest,
    encryptedHeaders: Object.keys(encryptedHeaders),
    secretKeyAdded: secret !== undefined,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
  };
}
