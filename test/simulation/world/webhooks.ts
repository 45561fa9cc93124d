import { attemptBody, finalBody, paperBody } from './bodies.ts';
import { FAULTS, type Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimReload, TenantModel } from './tenant-model.ts';

/** One event that the tenant reports, however often it is delivered. */
export interface Announcement {
  readonly tenant: string;
  readonly kind: 'final' | 'attempt' | 'paper' | 'session-app' | 'garbled';
  readonly appId: string;
  /** The reload's id in the body; absent in the paper's form. */
  readonly reloadId?: string;
  /** The reload that the event is really about. */
  readonly about?: string;
  readonly body: string;
  /** Whether it says that the reload ended in the far future. */
  readonly isFromFuture?: boolean;
  /** Whether a delivery of it was answered with a 2xx. */
  isTold: boolean;
}

/** Posts a webhook; answers its HTTP status. */
type Post = (announcement: Announcement) => Promise<number>;

interface WebhookWorld {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
  /** Random numbers of its own, so that it changes nothing else. */
  readonly future: Random;
  readonly post: Post;
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const MOST_DELIVERIES = 4;
/** How long after its reload's end an event is published. */
const MOST_PUBLISHING_MS = 15;
/**
 * The longest delay of events that Cascade could not recognize later. The paper's form has no time, and an engine
 * attempt may have an id of its own. Long after the reload's end, or when lists do not have the reload any more,
 * Cascade could not know which reload such an event is about.
 */
const VAGUE_LONGEST_MS = 4 * 60_000;

/** The tenants' webhooks. They may be dropped, doubled, delayed, or delivered out of order. */
export class Webhooks {
  readonly announced: Announcement[] = [];
  /** Deliveries that are not answered yet. */
  open = 0;
  readonly #world: WebhookWorld;

  constructor(world: WebhookWorld) {
    this.#world = world;
  }

  /** Sends the webhooks of a reload that ended. */
  ended(reload: SimReload, tenant: TenantModel): void {
    const { faults, random } = this.#world;
    const { traits } = tenant;
    const isOk = reload.status === 'SUCCEEDED';
    if (faults.strikes('attempt-repeated')) this.#attempt(reload, tenant, false);
    if (traits.isEngineEventSent) this.#attempt(reload, tenant, isOk);
    const isPartial = reload.body.partial === true;
    if (!isPartial && faults.strikes('paper-form')) this.#tell(tenant, 'paper', reload, paperBody(reload.appId, isOk));
    const aheadMs = this.#aheadMs();
    const time = tenant.now() + random.between(0, MOST_PUBLISHING_MS) + aheadMs;
    const about = { eventId: `event-${reload.id}`, time };
    if (traits.echo === 'record' && reload.resourceId !== undefined) tenant.met.add('echo-in-record-only');
    const body = finalBody(about, reload, traits.echo === 'both');
    this.#tell(tenant, 'final', reload, body, reload.id, aheadMs > 0);
  }

  /** How far in the future an event says that it happened. */
  #aheadMs(): number {
    const { faults, future } = this.#world;
    if (!future.chance(FAULTS['event-from-future']) || !faults.may('event-from-future')) return 0;
    faults.count('event-from-future');
    return YEAR_MS;
  }

  /** Reports a load from the editor. It has no request, so only the engine's event reports it. */
  editorLoaded(tenant: TenantModel, appId: string, reloadId: string): Announcement {
    const about = { eventId: `event-${reloadId}`, time: tenant.now() };
    const attempt = { appId, reloadId, isOk: true, isPartial: false, endedAt: tenant.now() };
    return this.#tell(tenant, 'attempt', { appId, id: reloadId }, attemptBody(about, attempt), reloadId);
  }

  sessionApp(tenant: TenantModel, appId: string, reloadId: string): void {
    const attempt = { appId, reloadId, isOk: true, isPartial: false, isSessionApp: true, endedAt: tenant.now() };
    const body = attemptBody({ eventId: `event-${reloadId}`, time: tenant.now() }, attempt);
    this.#tell(tenant, 'session-app', { appId, id: reloadId }, body, reloadId);
  }

  /** Sends a body that nobody understands. */
  garbled(tenant: TenantModel, appId: string): void {
    const body = `{"type":"com.qlik.v1.reload.finished","data":{"appId":"${appId}","number":${this.announced.length}`;
    this.#announce({ tenant: tenant.name, kind: 'garbled', appId, body, isTold: false });
  }

  deliver(announcement: Announcement, delayMs: number, deliveries = 1): void {
    const { scheduler, post } = this.#world;
    this.open += 1;
    scheduler.after(delayMs, () => {
      scheduler.start(async () => {
        const status = await post(announcement);
        this.open -= 1;
        this.#answered(announcement, status, deliveries);
      });
    });
  }

  #attempt(reload: SimReload, tenant: TenantModel, isOk: boolean): void {
    const isSame = tenant.traits.engineIds === 'same';
    const reloadId = isSame ? reload.id : `engine-${reload.id}-${isOk ? 'ok' : 'error'}`;
    const about = { eventId: `attempt-${reloadId}-${isOk}`, time: tenant.now() };
    const isPartial = reload.body.partial === true;
    const attempt = { appId: reload.appId, reloadId, isOk, isPartial, endedAt: tenant.now() };
    this.#tell(tenant, 'attempt', reload, attemptBody(about, attempt), reloadId);
  }

  #tell(
    tenant: TenantModel,
    kind: Announcement['kind'],
    { appId, id }: Pick<SimReload, 'appId' | 'id'>,
    body: object,
    reloadId?: string,
    isFromFuture = false,
  ): Announcement {
    const text = JSON.stringify(body);
    const told = { tenant: tenant.name, kind, appId, about: id, body: text, isFromFuture, isTold: false };
    const isForgotten = kind === 'attempt' && tenant.traits.keep !== Number.POSITIVE_INFINITY;
    const longestMs = kind === 'paper' || isForgotten ? VAGUE_LONGEST_MS : Number.POSITIVE_INFINITY;
    return this.#announce(reloadId === undefined ? told : { ...told, reloadId }, longestMs);
  }

  #announce(announcement: Announcement, longestMs = Number.POSITIVE_INFINITY): Announcement {
    this.announced.push(announcement);
    for (const delayMs of this.#deliveries()) this.deliver(announcement, Math.min(delayMs, longestMs));
    return announcement;
  }

  /** Draws the deliveries of an event. @returns their delays in ms. */
  #deliveries(): readonly number[] {
    const { faults } = this.#world;
    const [isDropped, isDoubled] = [faults.strikes('webhook-dropped'), faults.strikes('webhook-doubled')];
    const first = isDropped ? [] : [this.#delayMs()];
    return isDoubled ? [...first, this.#delayMs()] : first;
  }

  #delayMs(): number {
    const { faults, random } = this.#world;
    const [soonMs, laterMs, lateMs] = [
      random.between(20, 1_500),
      random.between(0, 60_000),
      random.between(0, 6 * HOUR_MS),
    ];
    if (faults.strikes('webhook-delayed')) return lateMs;
    return faults.strikes('webhook-reordered') ? laterMs : soonMs;
  }

  #answered(announcement: Announcement, status: number, deliveries: number): void {
    const { faults, random } = this.#world;
    if (status >= 200 && status < 300) announcement.isTold = true;
    else if (announcement.kind !== 'paper' && deliveries < MOST_DELIVERIES && faults.strikes('webhook-resent')) {
      this.deliver(announcement, random.between(5_000, 600_000), deliveries + 1);
    }
  }
}
