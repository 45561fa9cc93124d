import type { ReloadBody } from '../core/link.ts';
import type { ReloadOrder } from '../core/order.ts';
import { IGNORED_REASONS, type Ignored, OUTCOMES, type ReloadFinished } from '../core/reload-finished.ts';
import type { Skip } from '../core/skip.ts';
import type { Batch } from './batch.ts';
import type { ManualReload } from './manual-reload.ts';
import type { OrderRequest } from './order-request.ts';
import type { Plan } from './plan.ts';
import type { SchemaFor } from './schema-for.ts';
import type { QlikTenantSetting, WebhookTenantSetting } from './tenant-settings.ts';

const text = { type: 'string' } as const;
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,39}$' } as const;
const appId = { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$' } as const;
const instant = { type: 'number' } as const;
const traceId = { type: 'string', minLength: 1, maxLength: 64 } as const;
const source = { type: 'string', enum: ['webhook'] } as const;

/** Qlik's own bounds on `POST /api/v1/reloads`. */
const bodyProperties = {
  partial: { type: 'boolean' },
  variables: {
    type: 'object',
    maxProperties: 20,
    propertyNames: { maxLength: 256 },
    additionalProperties: { type: 'string', maxLength: 256 },
  },
  weight: { type: 'integer', minimum: 1, maximum: 10 },
} as const;

const body = {
  type: 'object',
  additionalProperties: false,
  properties: bodyProperties,
  required: [],
} as const satisfies SchemaFor<ReloadBody>;

const event = {
  type: 'object',
  additionalProperties: false,
  properties: {
    tenant: name,
    appId,
    reloadId: text,
    outcome: { type: 'string', enum: OUTCOMES },
    endedAt: instant,
    eventId: text,
    partial: { type: 'boolean' },
    startedBy: text,
    orderId: text,
    error: {
      type: 'object',
      additionalProperties: false,
      properties: { code: text, message: text },
      required: ['code', 'message'],
    },
  },
  required: ['tenant', 'appId', 'reloadId', 'outcome', 'endedAt', 'partial'],
} as const satisfies SchemaFor<ReloadFinished>;

const ignored = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    properties: { reason: { type: 'string', enum: IGNORED_REASONS }, type: text, appId: text, reloadId: text },
    required: ['reason'],
  },
} as const satisfies SchemaFor<readonly Ignored[]>;

const order = {
  type: 'object',
  additionalProperties: false,
  properties: { order: text, tenant: name, appId, body, chain: name },
  required: ['order', 'tenant', 'appId', 'body', 'chain'],
} as const satisfies SchemaFor<ReloadOrder>;

const ofEvent = { tenant: name, appId, reloadId: text } as const;
const ofLink = {
  ...ofEvent,
  chain: name,
  target: {
    type: 'object',
    additionalProperties: false,
    properties: { tenant: name, appId },
    required: ['tenant', 'appId'],
  },
} as const;
const linkKeys = ['reason', 'tenant', 'appId', 'reloadId', 'chain', 'target'] as const;

const skip = {
  anyOf: [
    {
      type: 'object',
      additionalProperties: false,
      properties: { reason: { type: 'string', enum: ['no-link'] }, ...ofEvent },
      required: ['reason', 'tenant', 'appId', 'reloadId'],
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        reason: { type: 'string', enum: ['outcome-not-matched'] },
        ...ofLink,
        on: { type: 'string', enum: ['succeeded', 'failed', 'any'] },
        outcome: { type: 'string', enum: OUTCOMES },
      },
      required: [...linkKeys, 'on', 'outcome'],
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: { reason: { type: 'string', enum: ['already-ordered'] }, ...ofLink, order: text },
      required: [...linkKeys, 'order'],
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: { reason: { type: 'string', enum: ['paused'] }, ...ofLink },
      required: linkKeys,
    },
  ],
} as const satisfies SchemaFor<Skip>;

const batch = {
  type: 'object',
  additionalProperties: false,
  properties: { traceId, source, receivedAt: instant, events: { type: 'array', items: event }, ignored },
  required: ['traceId', 'source', 'receivedAt', 'events', 'ignored'],
} as const satisfies SchemaFor<Batch>;

const plan = {
  type: 'object',
  additionalProperties: false,
  properties: {
    traceId,
    source,
    receivedAt: instant,
    orders: { type: 'array', items: order },
    skips: { type: 'array', items: skip },
    ignored,
    carries: { type: 'integer', minimum: 1 },
  },
  required: ['traceId', 'source', 'receivedAt', 'orders', 'skips', 'ignored'],
} as const satisfies SchemaFor<Plan>;

const orderRequest = {
  type: 'object',
  additionalProperties: false,
  properties: { traceId, order },
  required: ['traceId', 'order'],
} as const satisfies SchemaFor<OrderRequest>;

const manualReload = {
  type: 'object',
  additionalProperties: false,
  properties: { app: { type: 'string', minLength: 1, maxLength: 128 }, tenant: name, ...bodyProperties },
  required: ['app'],
} as const satisfies SchemaFor<ManualReload>;

const qlikTenants = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    additionalProperties: false,
    properties: { name, url: text, apiKey: text, clientId: text, clientSecret: text },
    required: ['name', 'url'],
  },
} as const satisfies SchemaFor<readonly QlikTenantSetting[]>;

const webhookTenants = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    additionalProperties: false,
    properties: {
      name,
      id: { type: 'string', minLength: 1 },
      secrets: { type: 'array', items: text },
      apiKeys: { type: 'array', items: text },
    },
    required: ['name', 'id'],
  },
} as const satisfies SchemaFor<readonly WebhookTenantSetting[]>;

/** Every schema that is compiled into `generated/`, by the name of its validator. */
export const schemas = { batch, plan, orderRequest, manualReload, qlikTenants, webhookTenants };
