/*
 * `npm start` runs all of Cascade on one machine, with simulated tenants of Qlik Cloud. It prints each reload that
 * happens there, and why the reload was started. A tenant notes in its journal what happens to reloads and webhooks.
 * This file reads the journals.
 */

import { definedFields } from '../../src/core/defined-fields.ts';
import type { CompiledChains, Link } from '../../src/core/link.ts';
import { type AppId, type AppRef, appKey, type TenantName } from '../../src/core/names.ts';
import type { Outcome } from '../../src/core/reload-finished.ts';
import { tooLongWords } from '../../src/core/too-long.ts';
import type { DurationMs } from '../../src/core/units.ts';
import type { TenantEntry } from './sim-control.ts';

/** A reload in a tenant's journal, and the reload after which it was started. */
export interface WatchedReload extends AppRef {
  readonly reloadId: string;
  /** `chain/name`. */
  readonly app: string;
  /** The app that this app followed, as `chain/name`; null if the reload followed no other. */
  readonly after: string | null;
  /** How the reload of that app ended. */
  readonly afterOutcome: Outcome | null;
  /** The `tooLong` of that reload. */
  readonly afterTooLong?: string;
  /** Present if the app waited for several apps: how many of them had to end. `after` is the last of them. */
  readonly lastOf?: number;
  /**
   * The order (a reload that Cascade owes) for which Cascade started this reload, and the number of the attempt; absent
   * if Cascade did not start the reload.
   */
  readonly attempt?: { readonly order: string; readonly number: number };
  /** How many reloads led to this one, one after another. */
  readonly depth: number;
  /** In milliseconds since 1970, by the tenant's clock. */
  readonly queuedAt: number;
  readonly outcome?: Outcome;
  /** The `timeout` of its link. */
  readonly timeout?: DurationMs;
  /** Present if it was canceled after more than its `timeout`, so that Cascade did it: the words for that. */
  readonly tooLong?: string;
}

/** One entry of a tenant's journal. */
export type SeenReload =
  | { readonly kind: 'queued' | 'started' | 'ended'; readonly at: number; readonly reload: WatchedReload }
  | {
      readonly kind: 'delivered';
      readonly at: number;
      readonly app: AppRef;
      readonly statusCode: number | undefined;
      /** The webhook's answer, as text. */
      readonly answer: string;
    };

/** Qlik's statuses of reloads that have ended, and Cascade's words for them. */
const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  EXCEEDED_LIMIT: 'exceeded-limit',
};

const KIND_OF: Readonly<Record<string, 'queued' | 'started'>> = { QUEUED: 'queued', RELOADING: 'started' };

/** Reads the journals of tenants, and finds out which reload followed which. */
export class ReloadWatch {
  readonly #chains: CompiledChains;
  readonly #reloads = new Map<string, WatchedReload>();

  constructor(chains: CompiledChains) {
    this.#chains = chains;
  }

  /** The reloads so far, in the order in which the journals first named them. */
  get reloads(): readonly WatchedReload[] {
    return [...this.#reloads.values()];
  }

  /**
   * Reads one entry of a tenant's journal. Undefined if it is about neither a reload nor a delivery, or if the reload
   * is being canceled.
   */
  read(tenant: TenantName, entry: TenantEntry): SeenReload | undefined {
    if (entry.kind === 'reload') return this.#readReload(tenant, entry);
    if (entry.kind === 'delivery') return readDelivery(tenant, entry);
    return undefined;
  }

  #readReload(tenant: TenantName, entry: TenantEntry): SeenReload | undefined {
    const { id, status, at } = entry as TenantEntry & { readonly id: string; readonly status: string };
    const known = this.#reloads.get(id) ?? this.#newReload(tenant, entry);
    const outcome = OUTCOME_OF[status];
    const tooLong = outcome === 'canceled' ? tooLongIn(known, at) : undefined;
    const reload = { ...known, ...definedFields({ outcome, tooLong }) };
    this.#reloads.set(id, reload);
    const kind = KIND_OF[status] ?? (outcome && 'ended');
    return kind && { kind, at, reload };
  }

  #newReload(tenant: TenantName, entry: TenantEntry): WatchedReload {
    const target: AppRef = { tenant, appId: entry['appId'] as AppId };
    const attempt = attemptIn(entry['resourceId']);
    const cause = attempt && this.#causeOf(attempt.order);
    const link = cause === undefined ? undefined : linkBetween(cause, target, this.#chains);
    return {
      ...target,
      reloadId: entry['id'] as string,
      app: nameIn(link?.chain, target, this.#chains),
      after: cause === undefined ? null : nameIn(link?.chain, cause, this.#chains),
      afterOutcome: cause?.outcome ?? null,
      ...definedFields({ afterTooLong: cause?.tooLong, timeout: link?.policy?.timeout }),
      ...(link?.join !== undefined && { lastOf: link.join.atLeast }),
      ...(attempt !== undefined && { attempt }),
      depth: cause === undefined ? 0 : cause.depth + 1,
      queuedAt: entry.at,
    };
  }

  /**
   * The reload whose end called for an order, `order:…:<cause>`. The cause is that reload's id. If the reload was in
   * another tenant, the cause is `<tenant>.<reload id>`; in a replay by a person it is `r<n>.<reload id>`. Undefined if
   * the journals have no such reload, for example because a person gave the order by hand.
   */
  #causeOf(order: string): WatchedReload | undefined {
    const cause = order.slice(order.lastIndexOf(':') + 1);
    return this.#reloads.get(cause) ?? this.#reloads.get(cause.slice(cause.indexOf('.') + 1));
  }
}

/**
 * The words for a canceled reload that had run longer than its `timeout`. The tenant does not say who canceled it. If a
 * person did so before the next sweep, which runs every 5 minutes, these words are wrong.
 */
const tooLongIn = ({ timeout, queuedAt }: WatchedReload, at: number): string | undefined =>
  timeout !== undefined && at - queuedAt >= timeout ? tooLongWords({ timeout }) : undefined;

/** The order and the attempt of a reload, by its `resourceId`. For Cascade's reloads that is `order:…~<number>`. */
function attemptIn(resourceId: unknown): WatchedReload['attempt'] {
  if (typeof resourceId !== 'string' || !resourceId.startsWith('order:')) return undefined;
  const end = resourceId.lastIndexOf('~');
  return { order: resourceId.slice(0, end), number: Number(resourceId.slice(end + 1)) };
}

function readDelivery(tenant: TenantName, entry: TenantEntry): SeenReload {
  return {
    kind: 'delivered',
    at: entry.at,
    app: { tenant, appId: entry['appId'] as AppId },
    statusCode: entry['statusCode'] as number | undefined,
    answer: String(entry['body'] ?? ''),
  };
}

/**
 * The name of an app, `chain/name`: in the given chain if the app is in it, else in another one. An app without a name
 * has its id.
 */
export function nameIn(chain: string | undefined, app: AppRef, { apps }: CompiledChains): string {
  const names = apps[appKey(app)]?.names ?? [];
  return names.find((name) => name.startsWith(`${chain}/`)) ?? names[0] ?? app.appId;
}

/** The link by which the end of `after` calls for `target`, if there is one. */
const linkBetween = (after: AppRef, target: AppRef, { links }: CompiledChains): Link | undefined =>
  links[appKey(after)]?.find((link) => appKey(link.target) === appKey(target));
