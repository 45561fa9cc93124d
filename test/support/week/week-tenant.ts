import type { LogAnswer, QlikPort, ReloadRecord } from '../../../src/clients/qlik/qlik-port.ts';
import type { AppId, ReloadId } from '../../../src/core/names.ts';
import type { Reason } from '../../../src/core/reload-finished.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import type { Random } from '../../simulation/world/random.ts';
import type { Scheduler } from '../../simulation/world/scheduler.ts';

/** How one reload goes. */
export interface ReloadFate {
  readonly outcome: 'succeeded' | 'failed' | 'canceled' | 'exceeded-limit';
  readonly queued: DurationMs;
  readonly ran: DurationMs;
  readonly error?: Reason;
}

interface WeekTenantOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Called when a reload is accepted. */
  readonly fateOf: (appId: AppId) => ReloadFate;
  readonly onEnded: (reload: ReloadRecord) => void;
}

const STATUS_OF = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
  'exceeded-limit': 'EXCEEDED_LIMIT',
} as const;

/** The most reloads on one page of Qlik's list. */
const PAGE = 100;

/** A tenant of Qlik Cloud on a virtual clock. Each request is answered at once. */
export class WeekTenant {
  /** Every reload, in the order in which they were accepted. */
  readonly reloads: ReloadRecord[] = [];
  readonly #options: WeekTenantOptions;

  constructor(options: WeekTenantOptions) {
    this.#options = options;
  }

  /** Queues a reload. @param given - who asked for it, and our `resourceId` if Cascade did. */
  accept(given: Pick<ReloadRecord, 'appId' | 'type' | 'userId' | 'partial' | 'resourceId'>): ReloadRecord {
    const { scheduler, fateOf } = this.#options;
    const { outcome, queued, ran, error } = fateOf(given.appId);
    const createdAt = scheduler.now as EpochMs;
    const id = this.#newId(createdAt);
    const accepted = this.#keep({ ...given, id, status: 'QUEUED', createdAt });
    scheduler.after(queued, () => {
      this.#change(id, { status: 'RELOADING', startedAt: scheduler.now as EpochMs });
    });
    scheduler.after(queued + ran, () => {
      const end = { status: STATUS_OF[outcome], endedAt: scheduler.now as EpochMs };
      this.#options.onEnded(this.#change(id, { ...end, ...(error !== undefined && { error }) }));
    });
    return accepted;
  }

  /** The tenant as Cascade's user sees it. */
  port(): QlikPort {
    const tenantNow = (): EpochMs => this.#options.scheduler.now as EpochMs;
    return {
      startReload: async ({ appId, body, resourceId }) => {
        const { id, status } = this.accept({
          ...{ appId, type: 'external', userId: 'cascade', partial: body.partial === true, resourceId },
        });
        return { kind: 'started', reloadId: id, status };
      },
      listReloads: async (appId) => ({ kind: 'listed', reloads: this.#newestOf(appId), tenantNow: tenantNow() }),
      ownUserId: async () => 'cascade',
      getReload: async (id) => {
        const reload = this.reloads.find((each) => each.id === id);
        return reload === undefined ? { kind: 'absent' } : { kind: 'found', reload };
      },
      listEnded: async ({ appId }) => ({ kind: 'listed', reloads: this.#endedLast(appId), tenantNow: tenantNow() }),
      cancelReload: async () => ({ kind: 'ended' }),
      logTail: async (_, id) => this.#logOf(id),
      webhooks: async () => ({ kind: 'unavailable', message: 'Not asked for.' }),
      lastDelivery: async () => ({ kind: 'unavailable', message: 'Not asked for.' }),
    };
  }

  /** Makes an id like Qlik's: 24 hexadecimal digits that begin with the seconds. */
  #newId(at: EpochMs): ReloadId {
    const random = Array.from({ length: 16 }, () => this.#options.random.between(0, 15).toString(16)).join('');
    return `${Math.floor(at / 1_000).toString(16)}${random}` as ReloadId;
  }

  #keep(reload: ReloadRecord): ReloadRecord {
    this.reloads.push(reload);
    return reload;
  }

  #change(id: ReloadId, change: Partial<ReloadRecord>): ReloadRecord {
    const index = this.reloads.findIndex((each) => each.id === id);
    const changed = { ...(this.reloads[index] as ReloadRecord), ...change };
    this.reloads[index] = changed;
    return changed;
  }

  #logOf(id: ReloadId): LogAnswer {
    const reload = this.reloads.find((each) => each.id === id);
    if (reload?.endedAt === undefined) return { kind: 'absent', message: 'No such log.' };
    const lines = [
      `${new Date(reload.startedAt ?? reload.createdAt).toISOString()} Reload started`,
      ...(reload.error === undefined
        ? []
        : [`${new Date(reload.endedAt).toISOString()} Error: ${reload.error.message}`]),
      `${new Date(reload.endedAt).toISOString()} Reload ended: ${reload.status}`,
    ];
    return { kind: 'found', text: lines.join('\n') };
  }

  #newestOf(appId: AppId): readonly ReloadRecord[] {
    return this.reloads
      .filter((reload) => reload.appId === appId)
      .sort((a, b) => b.createdAt - a.createdAt)
      .slice(0, PAGE);
  }

  #endedLast(appId: AppId | undefined): readonly ReloadRecord[] {
    return this.reloads
      .filter((reload) => reload.endedAt !== undefined && (appId === undefined || reload.appId === appId))
      .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))
      .slice(0, PAGE);
  }
}
