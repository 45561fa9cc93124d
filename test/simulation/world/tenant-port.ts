import { classifyStart, type Answer as HttpAnswer, notStarted } from '../../../src/clients/qlik/classify-start.ts';
import type {
  CancelAnswer,
  EndedAnswer,
  EndedQuery,
  GetAnswer,
  ListAnswer,
  LogAnswer,
  QlikPort,
  StartAnswer,
  StartRequest,
} from '../../../src/clients/qlik/qlik-port.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import type { Activation, Answer, Call } from './activation.ts';
import type { FaultName, Faults } from './faults.ts';
import { latencyMs } from './latency.ts';
import type { Random } from './random.ts';
import { endedPage, listOfApp, logOf, recordOf } from './tenant-lists.ts';
import type { SimReload, TenantModel } from './tenant-model.ts';
import type { Trace } from './trace.ts';

/** Our own user, in every tenant. */
export const OUR_USER = 'cascade-user';

export interface TenantWorld {
  readonly tenant: TenantModel;
  readonly faults: Faults;
  readonly random: Random;
  readonly trace: Trace;
  /** World time. */
  readonly now: () => number;
  readonly isUp: () => boolean;
  /** Whether there is a token. Without one no request is sent. */
  readonly hasToken: () => boolean;
  /**
   * Called when a POST comes in. @returns the world time until which the tenant refuses it for rate; 0 if it accepts
   * it.
   */
  readonly limitedUntil: () => number;
  readonly isOverQuota: (appId: string) => boolean;
  /** Called for a request to cancel a reload, before the tenant cancels it. */
  readonly onCancel: (reload: SimReload, isActive: boolean) => void;
  /** Called for each answer to a POST, even if the answer is lost. */
  readonly onStart: (request: StartRequest, told: string, activation: Activation) => void;
}

/**
 * How long a request may take until Qlik accepts it. All lateness together stays below the grace (docs/promises.md).
 */
const MOST_LATENESS_MS = 55_000;

/** Whether an id has the form of Qlik's reload ids. Qlik refuses to look for others (400). */
const isReloadId = (id: string): boolean => !/[.:]/.test(id);
/** How soon after our POST an app is deleted, or hidden. */
const LATEST_WITHDRAWAL_MS = 5 * 60_000;
const SLOW_PAGE_MS = [6_000, 16_000] as const;

const unavailable = { kind: 'unavailable', message: 'Qlik gave no answer (simulated).' } as const;
const refused = { kind: 'refused', message: 'Qlik answered 400 or 403 (simulated).' } as const;
const forbidden = { kind: 'forbidden', message: 'Qlik answered 403 (simulated).' } as const;
const unknown = { kind: 'unknown', message: 'Qlik gave no answer (simulated).' } as const;

/** An activation's way to a tenant. */
export function tenantPort(activation: Activation, world: TenantWorld): QlikPort {
  const { tenant, faults, trace, now, isUp, hasToken, random, onCancel } = world;

  const read = <T>(
    op: string,
    id: string,
    timeoutMs: number,
    lost: NoInfer<T>,
    fault: FaultName,
    ask: () => T,
    sendMs = latencyMs(random),
  ): Promise<T> => {
    const effect = (): Answer<T> => {
      const isLost = !hasToken() || !isUp() || faults.strikes(fault);
      const value = isLost ? lost : ask();
      trace.add(activation.label, op, id, { after: value });
      return { value };
    };
    return activation.call({ effect, sendMs, timeoutMs, onTimeout: () => ({ value: lost }), isWrite: false });
  };
  const tenantNow = (): EpochMs => (Math.floor(tenant.now() / 1_000) * 1_000) as EpochMs;

  return {
    startReload: (request, timeout) => activation.call(postOf(activation, request, timeout, world)),
    listReloads: (appId, timeout) =>
      read<ListAnswer>('qlik.list', appId, timeout, unavailable, 'list-lost', () =>
        isUnlistable(appId, world)
          ? unavailable
          : { kind: 'listed', reloads: listOfApp(tenant, appId, now()), tenantNow: tenantNow() },
      ),
    ownUserId: (timeout) => read('qlik.user', '', timeout, undefined, 'user-lost', (): string | undefined => OUR_USER),
    getReload: (reloadId, timeout) =>
      read<GetAnswer>('qlik.get', reloadId, timeout, unavailable, 'get-lost', () => {
        const reload = tenant.find(reloadId);
        const isHidden = reload !== undefined && tenant.unseen.get(reload.appId) === 'hidden';
        if (isHidden || !isReloadId(reloadId)) return refused;
        if (reload !== undefined && tenant.isGone(reload.appId)) return { kind: 'absent' };
        const record = reload === undefined ? undefined : recordOf(reload, tenant, now());
        return record === undefined ? { kind: 'absent' } : { kind: 'found', reload: record };
      }),
    listEnded: async (query, timeout) => {
      const answer = await read<EndedAnswer>(
        ...(['qlik.ended', query.appId ?? '*', timeout, unavailable, 'list-lost'] as const),
        () => endedOf(query, world) ?? { kind: 'listed', ...endedPage(tenant, query, now()), tenantNow: tenantNow() },
        pageMs(world),
      );
      hear(activation, tenant, query, answer);
      return answer;
    },
    logTail: (_, reloadId, timeout) =>
      read<LogAnswer>('qlik.log', reloadId, timeout, unavailable, 'log-lost', () => {
        const text = logOf(reloadId, tenant);
        return text === undefined
          ? { kind: 'absent', message: 'Qlik answered 404 (simulated).' }
          : { kind: 'found', text };
      }),
    // The list of webhooks only changes texts for people.
    webhooks: async () => unavailable,
    lastDelivery: async () => unavailable,
    cancelReload: (reloadId, timeout) =>
      read<CancelAnswer>('qlik.cancel', reloadId, timeout, unavailable, 'get-lost', () => {
        const reload = tenant.find(reloadId);
        if (reload === undefined) return { kind: 'refused', message: 'Qlik answered 404 (simulated).' };
        if (isKept(reload.id) && faults.may('cancel-refused')) {
          faults.count('cancel-refused');
          return { kind: 'refused', message: 'Qlik answered 403 (simulated).' };
        }
        onCancel(reload, reload.endedAt === undefined);
        return tenant.cancel(reload) ? { kind: 'canceled' } : { kind: 'ended' };
      }),
  };
}

/**
 * Whether the tenant refuses to let us cancel a reload: one in four. The id decides, so that no random number is drawn
 * for it.
 */
const isKept = (reloadId: string): boolean => Number.parseInt(reloadId.slice(0, 8), 16) % 4 === 0;

/** How long a page takes, in ms. */
function pageMs({ tenant, faults, random }: TenantWorld): number {
  if (!tenant.traits.isSlow) return latencyMs(random);
  faults.count('slow-lists');
  return random.between(...SLOW_PAGE_MS);
}

/** Whether an app's list fails. Counts it if it does. */
function isUnlistable(appId: string, { tenant, faults }: TenantWorld): boolean {
  const unseen = tenant.unseen.get(appId);
  if (unseen === undefined) return false;
  faults.count(unseen === 'hidden' ? 'app-unseen' : unseen === 'deleted' ? 'app-deleted' : 'app-unlistable');
  return true;
}

/** The answer if a page of ended reloads fails; else undefined. */
function endedOf({ appId, next }: EndedQuery, world: TenantWorld): EndedAnswer | undefined {
  const { tenant, faults } = world;
  if (next !== undefined && faults.strikes('cursor-refused')) return forbidden;
  if (appId !== undefined) {
    if (!isUnlistable(appId, world)) return undefined;
    return tenant.unseen.get(appId) === 'list-fails' ? unavailable : forbidden;
  }
  if (tenant.traits.isAdmin) return undefined;
  tenant.met.add('no-admin');
  return forbidden;
}

function postOf(
  activation: Activation,
  request: StartRequest,
  timeoutMs: number,
  world: TenantWorld,
): Call<StartAnswer> {
  const { trace, random, faults, onStart } = world;
  const isLate = faults.strikes('post-accepted-late');
  const sendMs = isLate ? random.between(1_000, MOST_LATENESS_MS) : latencyMs(random);
  const effect = (): Answer<StartAnswer> => {
    const { told, answer } = startOf(request, sendMs, world);
    trace.add(activation.label, 'qlik.post', request.resourceId, { before: request.appId, after: told });
    onStart(request, told, activation);
    return { value: answer };
  };
  return { effect, sendMs, timeoutMs, onTimeout: () => ({ value: unknown }), isWrite: true };
}

interface Started {
  /** The answer's name for people. */
  readonly told: string;
  readonly answer: StartAnswer;
}

/** What the tenant does with a POST, and its answer. */
function startOf(request: StartRequest, lateMs: number, world: TenantWorld): Started {
  const { faults, isUp, hasToken } = world;
  if (!hasToken()) return { told: 'no token', answer: notStarted({ message: 'Qlik gave no token (simulated)' }) };
  if (!isUp() || faults.strikes('post-cut-before')) return { told: 'no answer', answer: unknown };
  if (faults.strikes('post-5xx-before')) return { told: '5xx', answer: classify(503) };
  const refusal = refusalOf(request, world);
  if (refusal !== undefined) return refusal;
  const wanted = { ...request, type: 'external', userId: OUR_USER };
  const reload = world.tenant.accept(wanted, lateMs);
  if (reload === undefined) return { told: 'RELOADS-007', answer: classify(429, 'RELOADS-007') };
  withdrawOf(request, world);
  if (faults.strikes('post-cut-after')) return { told: 'no answer, accepted', answer: unknown };
  if (faults.strikes('post-5xx-after')) return { told: '5xx, accepted', answer: classify(500) };
  return { told: '201', answer: classifyStart({ status: 201, retryAfter: null, json: { id: reload.id } }) };
}

/** Now and then deletes or hides an app, soon after we reloaded it. */
function withdrawOf({ appId }: StartRequest, { tenant, faults, random }: TenantWorld): void {
  const [isDeleted, isHidden] = [faults.strikes('app-deleted'), faults.draws('app-hidden')];
  const afterMs = random.between(0, LATEST_WITHDRAWAL_MS);
  if (isDeleted) tenant.withdraw(appId, 'deleted', afterMs);
  else if (isHidden && !tenant.traits.isAdmin) {
    faults.count('app-hidden');
    tenant.withdraw(appId, 'hidden', afterMs);
  }
}

function refusalOf({ appId }: StartRequest, world: TenantWorld): Started | undefined {
  const { faults, random, now, limitedUntil, isOverQuota } = world;
  const waitS = Math.ceil((limitedUntil() - now()) / 1_000);
  if (waitS > 0) {
    return { told: 'HTTP-429', answer: classify(429, 'HTTP-429', String(waitS)) };
  }
  if (isOverQuota(appId)) {
    faults.count('over-quota');
    return { told: 'RELOADS-013', answer: classify(403, 'RELOADS-013') };
  }
  if (world.tenant.isGone(appId)) {
    const status = world.tenant.unseen.get(appId) === 'deleted' ? 404 : 403;
    return { told: String(status), answer: classify(status, 'RELOADS-003') };
  }
  if (faults.strikes('unauthorized')) return { told: '401', answer: classify(401) };
  if (!faults.strikes('refused')) return undefined;
  const status = random.pick([400, 403, 404] as const);
  return { told: String(status), answer: classify(status, 'RELOADS-003') };
}

/** A text that is longer than an order keeps. Behind `RELOADS-003 · `, it has a character across the cut. */
const LONG_WORDS = `x${'😀'.repeat(300)}`;

function classify(status: number, code?: string, retryAfter: string | null = null): StartAnswer {
  const json: HttpAnswer['json'] = code === undefined ? {} : { errors: [{ code, detail: LONG_WORDS }] };
  return classifyStart({ status, retryAfter, json });
}

/** Notes what a list showed to an activation. If one page fails, the whole list does not count. */
function hear(
  { lists }: Activation,
  { name }: TenantModel,
  { appId, newestBy }: EndedQuery,
  answer: EndedAnswer,
): void {
  // A request for one reload is no list of ends.
  if (newestBy === undefined) return;
  const key = appId === undefined ? name : `${name}/${appId}`;
  const known = lists.has(key) ? lists.get(key) : new Set<string>();
  const ids =
    answer.kind === 'listed' ? answer.reloads.flatMap(({ id, endedAt }) => (endedAt === undefined ? [] : id)) : [];
  lists.set(key, known === undefined || answer.kind !== 'listed' ? undefined : new Set([...known, ...ids]));
}
