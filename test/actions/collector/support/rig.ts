import { collect } from '../../../../actions/collector/collect.ts';
import type { CollectorPorts, CollectorQlik } from '../../../../actions/collector/collector-ports.ts';
import type { NewDocument } from '../../../../src/clients/couchdb/couchdb-port.ts';
import type {
  CancelAnswer,
  DeliveryAnswer,
  EndedAnswer,
  EndedQuery,
  GetAnswer,
  LogAnswer,
  ReloadRecord,
  WebhooksAnswer,
} from '../../../../src/clients/qlik/qlik-port.ts';
import type { HintRef } from '../../../../src/contracts/batch.ts';
import type { AppId, ReloadId, TenantName } from '../../../../src/core/names.ts';
import { timeConstants } from '../../../../src/core/time-constants.ts';
import { days, type EpochMs } from '../../../../src/core/units.ts';
import { memoryCouch } from '../../../support/memory-couch.ts';

/** The instant of `hours:minutes:seconds` on 22 November 2026, UTC. */
export const at = (time: string): EpochMs => Date.parse(`2026-11-22T${time.padEnd(8, ':00')}Z`) as EpochMs;

export const A = 'a0000000-0000-4000-8000-000000000001' as AppId;
export const B = 'b0000000-0000-4000-8000-000000000002' as AppId;
export const DEFAULT = 'default' as TenantName;

/** A reload that was created a minute before its end. It succeeded, unless `more` says otherwise. */
export const ended = (id: string, time: string, more: Partial<ReloadRecord> = {}): ReloadRecord => ({
  id: id as ReloadId,
  appId: A,
  status: 'SUCCEEDED',
  type: 'chronos',
  userId: 'u1',
  partial: false,
  createdAt: (at(time) - 60_000) as EpochMs,
  endedAt: at(time),
  ...more,
});

export const active = (id: string, createdAt: string, more: Partial<ReloadRecord> = {}): ReloadRecord => {
  const { endedAt: _, ...record } = ended(id, createdAt, { createdAt: at(createdAt), status: 'RELOADING' });
  return { ...record, ...more };
};

export const checkpoint = (t: string, more: object = {}): NewDocument => ({
  _id: 'checkpoint:default',
  schema: 1,
  type: 'checkpoint',
  t: at(t),
  from: at('00:00'),
  apps: [A, B],
  store: 'memory',
  ...more,
});

/** The ledger's document with the tenant's address. The settings have the same address. */
export const BOUND: NewDocument = {
  _id: 'tenant:default',
  schema: 1,
  type: 'tenant',
  url: 'https://default.eu.qlikcloud.com',
};

/** The document of an event that is stored already. */
export const event = (id: string, time: string, more: object = {}): NewDocument => ({
  _id: `event:default:${id}`,
  schema: 1,
  type: 'event',
  tenant: DEFAULT,
  appId: A,
  reloadId: id,
  outcome: 'succeeded',
  endedAt: at(time),
  partial: false,
  source: 'webhook',
  traceId: 't1',
  storedAt: at(time),
  resolvedAt: at(time),
  skips: [],
  ...more,
});

/** A tenant that gives the answers that a test puts into it, and keeps the calls that it got. */
export class ScriptedQlik implements CollectorQlik {
  readonly calls: string[] = [];
  readonly pages: (readonly ReloadRecord[])[] = [];
  readonly byApp = new Map<string, EndedAnswer>();
  readonly byId = new Map<string, GetAnswer>();
  /** How long the collector was ready to wait for each log. */
  readonly timeouts: number[] = [];
  /** The logs by reload id. Other reloads have no log. */
  readonly logs = new Map<string, LogAnswer>();
  tenantNow: EpochMs | undefined = at('12:00');
  list: 'whole' | 'forbidden' | 'unavailable' = 'whole';
  webhooksAnswer: WebhooksAnswer = { kind: 'unavailable', message: 'Qlik answered 403 to the list of webhooks' };
  deliveryAnswer: DeliveryAnswer = { kind: 'known' };
  cancelAnswer: CancelAnswer = { kind: 'canceled' };
  /** Runs before each answer. */
  onCall: () => void = () => {};

  async listEnded({ appId, next, newestBy = 'end' }: EndedQuery): Promise<EndedAnswer> {
    this.calls.push(`list ${appId ?? 'all'} ${next ?? newestBy}`);
    this.onCall();
    if (appId !== undefined) return this.byApp.get(appId) ?? this.answer([], undefined);
    if (this.list !== 'whole') return { kind: this.list, message: `it is ${this.list}` };
    const page = next === undefined ? 0 : Number(next);
    if (Number.isNaN(page)) return { kind: 'forbidden', message: 'no such page' };
    return this.answer(this.pages[page] ?? [], page + 1 < this.pages.length ? String(page + 1) : undefined);
  }

  answer(reloads: readonly ReloadRecord[], next?: string): EndedAnswer {
    const { tenantNow } = this;
    return {
      kind: 'listed',
      reloads,
      ...(next !== undefined && { next }),
      ...(tenantNow !== undefined && { tenantNow }),
    };
  }

  async webhooks(): Promise<WebhooksAnswer> {
    this.calls.push('webhooks');
    return this.webhooksAnswer;
  }

  async lastDelivery(id: string): Promise<DeliveryAnswer> {
    this.calls.push(`delivery ${id}`);
    return this.deliveryAnswer;
  }

  async getReload(id: ReloadId): Promise<GetAnswer> {
    this.calls.push(`get ${id}`);
    this.onCall();
    return this.byId.get(id) ?? { kind: 'absent' };
  }

  async logTail(app: AppId, id: ReloadId, timeout: number): Promise<LogAnswer> {
    this.timeouts.push(timeout);
    this.calls.push(`log ${app} ${id}`);
    this.onCall();
    return this.logs.get(id) ?? { kind: 'absent', message: 'Qlik answered 404 to a reload’s log' };
  }

  async cancelReload(id: ReloadId): Promise<CancelAnswer> {
    this.calls.push(`cancel ${id}`);
    this.onCall();
    return this.cancelAnswer;
  }
}

/** A collector at 12:00, with a store in memory, one tenant, and the apps A and B in a chain. */
export function rig() {
  const clock = { store: at('12:00'), container: at('12:00') };
  const couch = memoryCouch(() => clock.store);
  couch.seed(BOUND);
  const qlik = new ScriptedQlik();
  const lines: string[] = [];
  const line = (message: string) => void lines.push(message);
  const ports: CollectorPorts = {
    store: couch,
    qlikOf: () => qlik,
    tenants: [DEFAULT],
    addressOf: () => 'https://default.eu.qlikcloud.com',
    apps: { [`default/${A}`]: {}, [`default/${B}`]: {} },
    isShowingLogs: true,
    retention: days(30),
    times: timeConstants(),
    webhookPath: '/web/guest/cascade/webhook',
    deadline: (clock.container + 120_000) as EpochMs,
    now: () => clock.container,
    traceId: 'sweep1',
    log: { info: line, warn: line, error: line },
  };
  const sweep = (hint?: HintRef, more: Partial<CollectorPorts> = {}) =>
    collect(hint === undefined ? {} : { hint }, { ...ports, ...more });
  const writes = () => couch.asked.filter((call) => /^(put|bulk)/.test(call));
  /** The calls of the store. A read of no documents sends no request, so it is left out. */
  const requests = () => couch.asked.filter((call) => call !== 'many ');
  return { couch, qlik, lines, clock, ports, sweep, writes, requests };
}

/** The reload ids of a batch's events, in their order. */
export const idsOf = (batch: { readonly events: readonly { readonly reloadId: string }[] }) =>
  batch.events.map(({ reloadId }) => reloadId);
