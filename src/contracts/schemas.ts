/*
 * The JSON schemas of what one action passes to another, of the parameters of a reload by hand, and of settings that
 * are lists. They refuse fields that they do not name, except where a field may have any name, as in `variables`. So an
 * action finds out if another version of Cascade, or a person, sent it something else. `npm run generate` compiles them
 * into validators.
 */

import type { Lineage } from '../core/lineage.ts';
import type { ReloadBody } from '../core/link.ts';
import type { AppRef } from '../core/names.ts';
import type { ReloadOrder } from '../core/order.ts';
import type { Policy, Retry } from '../core/policy.ts';
import { IGNORED_REASONS, type Ignored, OUTCOMES, type Reason, type ReloadFinished } from '../core/reload-finished.ts';
import type { Skip } from '../core/skip.ts';
import type { Question } from '../core/tickets/question.ts';
import { type Batch, type BatchEvent, type HintRef, type Slot, SOURCES, type StoredMark } from './batch.ts';
import type { ChannelSetting } from './channel-setting.ts';
import type { EndRecord } from './end-record.ts';
import type { ManualReload } from './manual-reload.ts';
import type { NotifyRequest } from './notify-request.ts';
import type {
  CreatedOrder,
  CreatedRequest,
  DueRequest,
  OrderRequest,
  PlainRequest,
  TenantFacts,
} from './order-request.ts';
import type { NamedActivation, Plan, PlannedOrder } from './plan.ts';
import type { QuestionRequest } from './question-request.ts';
import type { ObjectSchema, OptionalKeys, RequiredKeys, SchemaFor } from './schema-for.ts';
import type { QlikTenantSetting, WebhookTenantSetting } from './tenant-settings.ts';
import { WELL_FORMED } from './validator.ts';

const text = { type: 'string' } as const;
/** The name of a tenant, a chain or a channel, such as `acme-2`. */
const name = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,39}$' } as const;
const appId = { type: 'string', pattern: '^[A-Za-z0-9-]{1,64}$' } as const;
/** Milliseconds since 1970. */
const instant = { type: 'number' } as const;
const boolean = { type: 'boolean' } as const;
const traceId = { type: 'string', minLength: 1, maxLength: 64 } as const;
const source = { type: 'string', enum: SOURCES } as const;

// These functions make small schemas.
const listOf = <Item>(items: Item) => ({ type: 'array', items }) as const;
const atLeast = (minimum: number) => ({ type: 'integer', minimum }) as const;
const oneOf = (...words: readonly string[]) => ({ type: 'string', enum: words }) as const;

/** The schema of an object with these properties and no others. All but the `optional` ones have to be there. */
const closed = <T>(
  properties: ObjectSchema<T>['properties'],
  ...optional: readonly OptionalKeys<T>[]
): ObjectSchema<T> => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required: (Object.keys(properties) as (keyof T)[]).filter(
    (key): key is RequiredKeys<T> => !optional.some((each) => each === key),
  ),
});

/** Qlik's own bounds on `POST /api/v1/reloads`. */
const bodyProperties = {
  partial: boolean,
  variables: {
    type: 'object',
    maxProperties: 20,
    propertyNames: { maxLength: 256 },
    additionalProperties: { type: 'string', maxLength: 256 },
  },
  weight: { type: 'integer', minimum: 1, maximum: 10 },
} as const;
const body = closed<ReloadBody>(bodyProperties, 'partial', 'variables', 'weight');

const retry = closed<Retry>({ attempts: atLeast(1), delay: atLeast(0), backoff: oneOf('none') }, 'backoff');
const policy = closed<Policy>({ retry, timeout: atLeast(1) }, 'retry', 'timeout');

const eventProperties = {
  tenant: name,
  appId,
  reloadId: text,
  outcome: { type: 'string', enum: OUTCOMES },
  endedAt: instant,
  createdAt: instant,
  startedAt: instant,
  eventId: text,
  partial: boolean,
  startedBy: text,
  orderId: text,
  orderTry: atLeast(1),
  error: closed<Reason>({ code: text, message: text }),
} as const;
const optionalOfEvent = ['createdAt', 'startedAt', 'eventId', 'startedBy', 'orderId', 'orderTry', 'error'] as const;
const event = closed<ReloadFinished>(eventProperties, ...optionalOfEvent);

const stored = closed<StoredMark>(
  { rev: text, storedAt: instant, source, traceId, heardFrom: text, reportedEnd: instant, recordedAt: instant },
  'heardFrom',
  'reportedEnd',
  'recordedAt',
);
const batchEvents = listOf(closed<BatchEvent>({ ...eventProperties, stored }, ...optionalOfEvent, 'stored'));

const hint = closed<HintRef>({ tenant: name, told: { type: 'string', minLength: 1, maxLength: 256 } });
const hints = listOf(hint);
const texts = listOf(text);

const ignored = listOf(
  closed<Ignored>(
    { reason: { type: 'string', enum: IGNORED_REASONS }, type: text, appId: text, reloadId: text, isPending: boolean },
    'type',
    'appId',
    'reloadId',
    'isPending',
  ),
);

const orderProperties = { order: text, tenant: name, appId, body, policy, chain: name, definition: text } as const;
const order = closed<ReloadOrder>(orderProperties, 'policy', 'definition');
const lineage = closed<Lineage>(
  { cause: text, others: listOf(text), hops: atLeast(0), root: text, areHopsUnsure: boolean },
  'others',
  'areHopsUnsure',
);
const plannedOrder = closed<PlannedOrder>({ ...orderProperties, lineage }, 'lineage', 'policy', 'definition');

type SkipFor<R extends Skip['reason']> = Extract<Skip, { readonly reason: R }>;

const ofEvent = { tenant: name, appId, reloadId: text } as const;
const appRef = closed<AppRef>({ tenant: name, appId });
const ofLink = { ...ofEvent, chain: name, target: appRef } as const;
// Each schema is for one set of fields. If skips of several reasons have the same fields, they share one.
const skip = {
  anyOf: [
    closed<SkipFor<'no-link'>>({ reason: oneOf('no-link'), ...ofEvent }),
    closed<SkipFor<'will-retry'>>({
      reason: oneOf('will-retry'),
      ...ofEvent,
      order: text,
      attempt: atLeast(1),
      attempts: atLeast(1),
    }),
    closed<SkipFor<'other-tenant'>>({ reason: oneOf('other-tenant'), ...ofEvent, heardFrom: text }),
    closed<SkipFor<'outcome-not-matched'>>({
      reason: oneOf('outcome-not-matched'),
      ...ofLink,
      on: oneOf('succeeded', 'failed', 'any'),
      outcome: { type: 'string', enum: OUTCOMES },
    }),
    closed<SkipFor<'already-ordered'>>({ reason: oneOf('already-ordered', 'not-stored'), ...ofLink, order: text }),
    closed<SkipFor<'paused'>>({
      reason: oneOf('paused', 'needs-ledger', 'superseded', 'withdrawn', 'expired', 'covered', 'too-late'),
      ...ofLink,
    }),
    closed<SkipFor<'waits-for'>>({ reason: oneOf('waits-for'), ...ofLink, missing: listOf(appRef), closesAt: instant }),
    closed<SkipFor<'too-many-hops'>>({ reason: oneOf('too-many-hops'), ...ofLink, hops: { type: 'integer' } }),
  ],
} as const satisfies SchemaFor<Skip>;

const slots = listOf(closed<Slot>({ order: text, at: instant }));
const batchProperties = {
  traceId,
  source,
  receivedAt: instant,
  events: batchEvents,
  ignored,
  hints,
  due: texts,
  slots,
  unrecorded: listOf(event),
  owing: texts,
} as const;
const batch = closed<Batch>(batchProperties, 'hints', 'due', 'slots', 'unrecorded', 'owing');

const tenantFactsProperties = { gateUntil: instant, echoes: boolean, tenantUrl: text } as const;
const tenantFacts = closed<TenantFacts>(tenantFactsProperties, 'gateUntil', 'echoes', 'tenantUrl');

/** Any object: the action that gets it checks it. */
const anything = { type: 'object', additionalProperties: true } as const;

const plan = closed<Plan>(
  {
    ...batchProperties,
    calls: listOf(closed<NamedActivation>({ action: name, about: text, params: anything })),
    until: instant,
    orders: listOf(plannedOrder),
    skips: listOf(skip),
    definition: text,
    undecided: atLeast(1),
    wake: texts,
    tenants: { type: 'object', additionalProperties: tenantFacts },
    storeNow: instant,
    carries: atLeast(1),
  },
  'calls',
  'until',
  'events',
  'definition',
  'undecided',
  'wake',
  'due',
  'slots',
  'unrecorded',
  'owing',
  'hints',
  'tenants',
  'storeNow',
  'carries',
);

const created = closed<CreatedOrder>(
  {
    _id: text,
    _rev: text,
    schema: { type: 'integer', minimum: 1, maximum: 1 },
    type: oneOf('order'),
    tenant: name,
    appId,
    chain: name,
    definition: text,
    state: oneOf('planned'),
    body,
    policy,
    causes: texts,
    hops: atLeast(0),
    areHopsUnsure: boolean,
    root: text,
    traceId,
    try: atLeast(1),
    claims: atLeast(0),
    ends: texts,
    createdAt: instant,
    dueAt: instant,
  },
  'policy',
  'definition',
  'areHopsUnsure',
);

const orderRequest = {
  anyOf: [
    closed<PlainRequest>({ traceId, order }),
    closed<CreatedRequest>(
      { traceId, created, storeNow: instant, ...tenantFactsProperties },
      'gateUntil',
      'echoes',
      'tenantUrl',
    ),
    closed<DueRequest>({ traceId, due: text, wake: boolean, hasSlot: boolean }, 'wake', 'hasSlot'),
  ],
} as const satisfies SchemaFor<OrderRequest>;

const endRecord = closed<EndRecord>({ traceId, events: listOf(event), owing: texts }, 'owing');

const question = closed<Question>(
  {
    ...{ site: text, questionId: atLeast(1), title: text, link: text, author: text, reputation: { type: 'integer' } },
    ...{ tags: texts, answers: atLeast(0), isAnswered: boolean, isAccepted: boolean, score: { type: 'integer' } },
    ...{ createdAt: instant, activeAt: instant, seenAt: instant },
  },
  'author',
  'reputation',
);

const questionRequest = closed<QuestionRequest>({ traceId, question });

const notifyRequest = closed<NotifyRequest>({ traceId, documents: texts, isSwept: boolean }, 'isSwept');

const manualReload = closed<ManualReload>(
  {
    app: { type: 'string', minLength: 1, maxLength: 128, pattern: WELL_FORMED },
    tenant: name,
    ...bodyProperties,
    variables: {
      ...bodyProperties.variables,
      propertyNames: { maxLength: 256, pattern: WELL_FORMED },
      additionalProperties: { type: 'string', maxLength: 256, pattern: WELL_FORMED },
    },
  },
  'tenant',
  'partial',
  'variables',
  'weight',
);

const qlikTenants = {
  type: 'array',
  minItems: 1,
  items: closed<QlikTenantSetting>(
    { name, url: text, apiKey: text, clientId: text, clientSecret: text },
    'apiKey',
    'clientId',
    'clientSecret',
  ),
} as const satisfies SchemaFor<readonly QlikTenantSetting[]>;

const webhookTenants = {
  type: 'array',
  minItems: 1,
  items: closed<WebhookTenantSetting>(
    { name, id: { type: 'string', minLength: 1 }, secrets: texts, apiKeys: texts },
    'secrets',
    'apiKeys',
  ),
} as const satisfies SchemaFor<readonly WebhookTenantSetting[]>;

const notifyChannels = {
  type: 'array',
  minItems: 1,
  maxItems: 20,
  items: closed<ChannelSetting>({ name, slack: text, url: text, secret: text }, 'slack', 'url', 'secret'),
} as const satisfies SchemaFor<readonly ChannelSetting[]>;

/** Every schema that is compiled into `generated/`, by the name of its validator. */
export const schemas = {
  batch,
  plan,
  orderRequest,
  endRecord,
  notifyRequest,
  questionRequest,
  hintRef: hint,
  manualReload,
  qlikTenants,
  webhookTenants,
  notifyChannels,
};
