import { expect } from 'chai';
import type { ReloadOrderPorts } from '../../../../actions/reload/order-work.ts';
import type { LedgerResult } from '../../../../actions/reload/outcome.ts';
import { reloadOrder } from '../../../../actions/reload/reload-order.ts';
import type { NewDocument, StoredDocument } from '../../../../src/clients/couchdb/couchdb-port.ts';
import type {
  CancelAnswer,
  EndedAnswer,
  GetAnswer,
  ReloadRecord,
  StartAnswer,
} from '../../../../src/clients/qlik/qlik-port.ts';
import type { CreatedOrder } from '../../../../src/contracts/order-request.ts';
import type { AppId, OrderId, ReloadId } from '../../../../src/core/names.ts';
import { timeConstants } from '../../../../src/core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../../../src/core/units.ts';
import { type MemoryCouch, memoryCouch } from '../../../support/memory-couch.ts';
import { plannedOrder } from '../../../support/planned-order.ts';

/** The store's clock when a run begins. */
export const T = 1_800_000_000_000;
export const ORDER = 'order:default:a:s:r0' as OrderId;
/** How far Qlik's clock is ahead of the store's. */
export const QLIK_AHEAD_MS = 40_000;
/** The container's clock is ahead by this. It must not decide anything. */
const CONTAINER_AHEAD_MS = 300_000;
const RUN_MS = 110_000;

export const planned: NewDocument = {
  ...plannedOrder,
  createdAt: T - 60_000,
  dueAt: T + 59_000,
};

export const started: Extract<StartAnswer, { kind: 'started' }> = {
  kind: 'started',
  reloadId: 'r1' as ReloadId,
  status: 'QUEUED',
};
export const noAnswer: StartAnswer = { kind: 'unknown', message: 'Qlik gave no answer (ECONNRESET)' };
export const busy: StartAnswer = { kind: 'busy', message: 'Qlik answered 429: RELOADS-007' };

/** A reload that the list shows, created as the run began. Without an echo it looks like ours in everything. */
export const silent: ReloadRecord = {
  id: 'r1' as ReloadId,
  appId: 'a' as AppId,
  status: 'RELOADING',
  type: 'external',
  userId: 'us',
  partial: false,
  createdAt: (T + QLIK_AHEAD_MS) as EpochMs,
};
export const echoed: ReloadRecord = { ...silent, resourceId: `${ORDER}~1` };
/** A running reload of somebody else. */
export const theirs: ReloadRecord = { ...silent, id: 'r9' as ReloadId, type: 'hub', userId: 'them' };
export const over = (reload: ReloadRecord): ReloadRecord => ({
  ...reload,
  status: 'SUCCEEDED',
  endedAt: (T + QLIK_AHEAD_MS) as EpochMs,
});

/** The ledger's document with the tenant's address. */
export const BOUND = {
  _id: 'tenant:default',
  schema: 1,
  type: 'tenant',
  url: 'https://default.eu.qlikcloud.com',
} as const;

const GATE = { _id: 'gate:default', schema: 1, type: 'gate', echoesAt: BOUND.url } as const;

export interface Script {
  /** The tenant's address in the settings; default: the one in the ledger. */
  readonly address?: string;
  readonly documents?: readonly NewDocument[];
  /** What the ledger knows of the tenant's echo; default: the tenant does not echo. */
  readonly echoes?: boolean | 'unknown';
  readonly starts?: readonly StartAnswer[];
  /** The answers to requests for the list, one after another. The last one repeats. */
  readonly lists?: readonly (readonly ReloadRecord[] | 'unavailable' | 'forbidden')[];
  /** Older pages of the list, which a run reads for an order in doubt. */
  readonly olderPages?: readonly (readonly ReloadRecord[] | 'unavailable')[];
  readonly user?: string | undefined;
  readonly cancels?: CancelAnswer;
  /** Qlik's answer about the reload that caused the order. */
  readonly gets?: GetAnswer;
  readonly tellsClock?: boolean;
  readonly isCold?: boolean;
  /** Runs right after the POST, before its answer arrives. */
  readonly whilePosting?: (store: MemoryCouch) => void;
  readonly postTakesMs?: number;
  /** How long the activation stands still after the answer with a list. */
  readonly stallsAfterListMs?: number;
  readonly runsForMs?: number;
}

const gateIn = (documents: readonly NewDocument[]): object => documents.find(({ _id }) => _id === 'gate:default') ?? {};

/**
 * The world of one order: a store in memory, a tenant that does as `script` says, and clocks that move only while
 * somebody waits.
 */
export function ledgerWorld(script: Script) {
  const {
    documents = [planned],
    starts = [],
    lists = [[]],
    olderPages = [],
    tellsClock = true,
    isCold = false,
  } = script;
  const echoes = script.echoes === 'unknown' ? undefined : (script.echoes ?? false);
  let elapsedMs = 0;
  const store = memoryCouch(() => (T + elapsedMs) as EpochMs, { isCold });
  store.seed(BOUND, ...documents);
  if (echoes !== undefined) store.seed({ ...GATE, echoes, ...gateIn(documents) });
  const did = store.asked;
  const posts: object[] = [];
  const lines: string[] = [];
  const count = (what: string) => did.filter((each) => each === what).length;
  const listed = (): EndedAnswer => {
    const look = lists[Math.min(count('LIST'), lists.length - 1)] ?? [];
    did.push('LIST');
    if (look === 'unavailable') return { kind: 'unavailable', message: 'Qlik answered 503' };
    if (look === 'forbidden') return { kind: 'forbidden', message: 'Qlik answered 403' };
    const tenantNow = (T + elapsedMs + QLIK_AHEAD_MS) as EpochMs;
    elapsedMs += script.stallsAfterListMs ?? 0;
    return { kind: 'listed', reloads: look, ...(tellsClock && { tenantNow }) };
  };
  const qlik: ReturnType<ReloadOrderPorts['qlikOf']> = {
    async startReload(request) {
      did.push('POST');
      posts.push(request);
      elapsedMs += script.postTakesMs ?? 0;
      script.whilePosting?.(store);
      return starts[posts.length - 1] ?? { kind: 'permanent', code: 'QLIK_REFUSED', message: 'one POST too many' };
    },
    async listReloads() {
      const look = listed();
      return look.kind === 'forbidden' ? { ...look, kind: 'unavailable' } : look;
    },
    async listEnded({ next, newestBy }) {
      if (newestBy !== 'creation') expect.fail('reload lists by creation');
      const first = next === undefined ? listed() : undefined;
      if (next !== undefined) did.push(`PAGE ${next}`);
      if (first !== undefined && first.kind !== 'listed') return first;
      const page = Number(next ?? 0);
      const older = olderPages[page - 1] ?? [];
      if (older === 'unavailable') return { kind: 'unavailable', message: 'Qlik answered 503' };
      const answer = first ?? { kind: 'listed', reloads: older };
      return page < olderPages.length ? { ...answer, next: String(page + 1) } : answer;
    },
    async ownUserId() {
      did.push('USER');
      return 'user' in script ? script.user : 'us';
    },
    async getReload(reloadId) {
      did.push(`GET ${reloadId}`);
      return script.gets ?? { kind: 'absent' };
    },
    async cancelReload(reloadId) {
      did.push(`CANCEL ${reloadId}`);
      return script.cancels ?? { kind: 'canceled' };
    },
  };
  const line = (message: string) => void lines.push(message);
  const now = () => (T + CONTAINER_AHEAD_MS + elapsedMs) as EpochMs;
  const ports: ReloadOrderPorts = {
    store,
    qlikOf: () => qlik,
    addressOf: () => script.address ?? BOUND.url,
    times: timeConstants(1),
    deadline: (T + CONTAINER_AHEAD_MS + (script.runsForMs ?? RUN_MS)) as EpochMs,
    now,
    sleep: async (durationMs) => {
      elapsedMs += durationMs;
    },
    random: () => 0.5,
    log: { info: line, warn: line, error: line },
    logOf: () => ({ info: line, warn: line, error: line }),
    owner: 'act1',
    maxStartsPerHour: 2,
  };
  return {
    store,
    did,
    posts,
    lines,
    ports,
    order: (id: string = ORDER): StoredDocument | undefined => store.peek(id),
    due: (options: { wake?: true; hasSlot?: true } = {}): Promise<LedgerResult> =>
      reloadOrder({ traceId: 't1', due: ORDER, ...options }, ports),
    created: (options: { storeNow?: number; gateUntil?: number } = {}): Promise<LedgerResult> => {
      const created = store.peek(ORDER) as unknown as CreatedOrder;
      const storeNow = (options.storeNow ?? T) as EpochMs;
      const gate = options.gateUntil === undefined ? {} : { gateUntil: options.gateUntil as EpochMs };
      const echo = echoes === undefined ? {} : { echoes };
      return reloadOrder({ traceId: 't1', created, storeNow, ...gate, ...echo }, ports);
    },
  };
}

export const waitOf = (
  code: 'QLIK_RATE_LIMITED' | 'QLIK_QUOTA' | 'QLIK_UNREACHABLE',
  retryAfterMs: number,
): StartAnswer => ({
  kind: 'wait',
  code,
  retryAfter: retryAfterMs as DurationMs,
  message: `Qlik answered ${code}`,
});
