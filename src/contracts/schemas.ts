import type { Lineage } from '../core/lineage.ts';
import type { ReloadBody } from '../core/link.ts';
import type { ReloadOrder } from '../core/order.ts';
import { IGNORED_REASONS, type Ignored, OUTCOMES, type ReloadFinished } from '../core/reload-finished.ts';
import type { Skip } from '../core/skip.ts';
import { type Batch, type BatchEvent, type HintRef, SOURCES, type StoredMark } from './batch.ts';
import type { EndRecord } from './end-record.ts';
import type { ManualReload } from './manual-reload.ts';
import type { CreatedOrder, OrderRequest, TenantFacts } from './order-request.ts';
import type { Plan, PlannedOrder } from './plan.ts';
import type { SchemaFor } from './schema-for.ts';
import type { QlikTenantSetting, WebhookTenantSetting } from './tenant-settings.ts';
import { WELL_FORMED } from './validator.ts';

const text = { type: 'string' } as const;
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,39}$' } as const;
const appId = { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$' } as const;
const instant = { type: 'number' } as const;
const traceId = { type: 'string', minLength: 1, maxLength: 64 } as const;
const source = { type: 'string', enum: SOURCES } as const;

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

const eventProperties = {
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
} as const;
const eventKeys = ['tenant', 'appId', 'reloadId', 'outcome', 'endedAt', 'partial'] as const;

const event = {
  type: 'object',
  additionalProperties: false,
  properties: eventProperties,
  required: eventKeys,
} as const satisfies SchemaFor<ReloadFinished>;

const stored = {
  type: 'object',
  additionalProperties: false,
  properties: { rev: text, storedAt: instant, source, traceId, heardFrom: text },
  required: ['rev', 'storedAt', 'source', 'traceId'],
} as const satisfies SchemaFor<StoredMark>;

const batchEvents = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    properties: { ...eventProperties, stored },
    required: eventKeys,
  },
} as const satisfies SchemaFor<readonly BatchEvent[]>;

const hint = {
  type: 'object',
  additionalProperties: false,
  properties: { tenant: name, told: { type: 'string', minLength: 1, maxLength: 256 } },
  required: ['tenant', 'told'],
} as const satisfies SchemaFor<HintRef>;

const hints = { type: 'array', items: hint } as const;
const orderIds = { type: 'array', items: text } as const;

const ignored = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    properties: {
      reason: { type: 'string', enum: IGNORED_REASONS },
      type: text,
      appId: text,
      reloadId: text,
      isPending: { type: 'boolean' },
    },
    required: ['reason'],
  },
} as const satisfies SchemaFor<readonly Ignored[]>;

const orderProperties = { order: text, tenant: name, appId, body, chain: name } as const;
const orderKeys = ['order', 'tenant', 'appId', 'body', 'chain'] as const;

const order = {
  type: 'object',
  additionalProperties: false,
  properties: orderProperties,
  required: orderKeys,
} as const satisfies SchemaFor<ReloadOrder>;

const lineage = {
  type: 'object',
  additionalProperties: false,
  properties: {
    cause: text,
    others: { type: 'array', items: text },
    hops: { type: 'integer', minimum: 0 },
    root: text,
    areHopsUnsure: { type: 'boolean' },
  },
  required: ['cause', 'hops', 'root'],
} as const satisfies SchemaFor<Lineage>;

const plannedOrder = {
  type: 'object',
  additionalProperties: false,
  properties: { ...orderProperties, lineage },
  required: orderKeys,
} as const satisfies SchemaFor<PlannedOrder>;

const ofEvent = { tenant: name, appId, reloadId: text } as const;
const appRef = {
  type: 'object',
  additionalProperties: false,
  properties: { tenant: name, appId },
  required: ['tenant', 'appId'],
} as const;
const ofLink = { ...ofEvent, chain: name, target: appRef } as const;
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
      properties: { reason: { type: 'string', enum: ['other-tenant'] }, ...ofEvent, heardFrom: text },
      required: ['reason', 'tenant', 'appId', 'reloadId', 'heardFrom'],
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
      properties: { reason: { type: 'string', enum: ['already-ordered', 'not-stored'] }, ...ofLink, order: text },
      required: [...linkKeys, 'order'],
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        reason: {
          type: 'string',
          enum: ['paused', 'needs-ledger', 'superseded', 'withdrawn', 'expired', 'covered', 'too-late'],
        },
        ...ofLink,
      },
      required: linkKeys,
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        reason: { type: 'string', enum: ['waits-for'] },
        ...ofLink,
        missing: { type: 'array', items: appRef },
        closesAt: instant,
      },
      required: [...linkKeys, 'missing', 'closesAt'],
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: { reason: { type: 'string', enum: ['too-many-hops'] }, ...ofLink, hops: { type: 'integer' } },
      required: [...linkKeys, 'hops'],
    },
  ],
} as const satisfies SchemaFor<Skip>;

const batch = {
  type: 'object',
  additionalProperties: false,
  properties: { traceId, source, receivedAt: instant, events: batchEvents, ignored, hints, due: orderIds },
  required: ['traceId', 'source', 'receivedAt', 'events', 'ignored'],
} as const satisfies SchemaFor<Batch>;

const tenantFactsProperties = { gateUntil: instant, echoes: { type: 'boolean' }, tenantUrl: text } as const;

const tenantFacts = {
  type: 'object',
  additionalProperties: false,
  properties: tenantFactsProperties,
  required: [],
} as const satisfies SchemaFor<TenantFacts>;

const plan = {
  type: 'object',
  additionalProperties: false,
  properties: {
    traceId,
    source,
    receivedAt: instant,
    orders: { type: 'array', items: plannedOrder },
    skips: { type: 'array', items: skip },
    ignored,
    events: batchEvents,
    undecided: { type: 'integer', minimum: 1 },
    wake: orderIds,
    due: orderIds,
    hints,
    tenants: { type: 'object', additionalProperties: tenantFacts },
    storeNow: instant,
    carries: { type: 'integer', minimum: 1 },
  },
  required: ['traceId', 'source', 'receivedAt', 'orders', 'skips', 'ignored'],
} as const satisfies SchemaFor<Plan>;

const created = {
  type: 'object',
  additionalProperties: false,
  properties: {
    _id: text,
    _rev: text,
    schema: { type: 'integer', minimum: 1, maximum: 1 },
    type: { type: 'string', enum: ['order'] },
    tenant: name,
    appId,
    chain: name,
    state: { type: 'string', enum: ['planned'] },
    body,
    causes: { type: 'array', items: text },
    hops: { type: 'integer', minimum: 0 },
    areHopsUnsure: { type: 'boolean' },
    root: text,
    traceId,
    try: { type: 'integer', minimum: 1 },
    claims: { type: 'integer', minimum: 0 },
    ends: { type: 'array', items: text },
    createdAt: instant,
    dueAt: instant,
  },
  required: [
    '_id',
    '_rev',
    'schema',
    'type',
    'tenant',
    'appId',
    'chain',
    'state',
    'body',
    'causes',
    'hops',
    'root',
    'traceId',
    'try',
    'claims',
    'ends',
    'createdAt',
    'dueAt',
  ],
} as const satisfies SchemaFor<CreatedOrder>;

const orderRequest = {
  anyOf: [
    { type: 'object', additionalProperties: false, properties: { traceId, order }, required: ['traceId', 'order'] },
    {
      type: 'object',
      additionalProperties: false,
      properties: { traceId, created, storeNow: instant, ...tenantFactsProperties },
      required: ['traceId', 'created', 'storeNow'],
    },
    {
      type: 'object',
      additionalProperties: false,
      properties: { traceId, due: text, wake: { type: 'boolean' } },
      required: ['traceId', 'due'],
    },
  ],
} as const satisfies SchemaFor<OrderRequest>;

const endRecord = {
  type: 'object',
  additionalProperties: false,
  properties: { traceId, events: { type: 'array', items: event } },
  required: ['traceId', 'events'],
} as const satisfies SchemaFor<EndRecord>;

const manualReload = {
  type: 'object',
  additionalProperties: false,
  properties: {
    app: { type: 'string', minLength: 1, maxLength: 128, pattern: WELL_FORMED },
    tenant: name,
    ...bodyProperties,
    variables: {
      ...bodyProperties.variables,
      propertyNames: { maxLength: 256, pattern: WELL_FORMED },
      additionalProperties: { type: 'string', maxLength: 256, pattern: WELL_FORMED },
    },
  },
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
export const schemas = {
  batch,
  plan,
  orderRequest,
  endRecord,
  hintRef: hint,
  manualReload,
  qlikTenants,
  webhookTenants,
};
