/*
 * The web action `chains` also shows people what happened, at `chains/runs`. This file makes the row of one reload that
 * ended. An event is the ledger's document of such an end. An order is a reload that Cascade owed because of an event.
 * A run is a first reload and all that followed from it.
 */

import { eventId } from '../../src/core/document-ids.ts';
import { attemptOf } from '../../src/core/end-meaning.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type AppRef, appKey } from '../../src/core/names.ts';
import { reloadTimes } from '../../src/core/runs/reload-times.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { EventDocument } from '../../src/ledger/documents/event.ts';
import type { OrderDocument } from '../../src/ledger/documents/order.ts';
import { STATUS_OF } from './last-reloads.ts';

/**
 * One flat row of `chains/runs`: the end of a reload (docs/chains-in-qlik.md lists the columns). Of its columns only
 * `nodeId` has the name of another table's column, so that Qlik joins the tables by it. `''` and null mean that there
 * is no value.
 */
export interface RunRow {
  /** The run to which the reload belongs. */
  readonly runId: string;
  readonly runReloadId: string;
  readonly nodeId: string;
  readonly runLabel: string;
  readonly runStatus: string;
  readonly runCreatedAt: string;
  readonly runStartedAt: string;
  readonly runEndedAt: string;
  readonly runEndedEpochSeconds: number | null;
  readonly runQueuedSeconds: number | null;
  readonly runDurationSeconds: number | null;
  readonly runErrorCode: string;
  readonly runErrorMessage: string;
  /** Qlik's word for who started the reload. */
  readonly runStartedBy: string;
  /** The order for which the reload was started, the order's chain, and which of its attempts the reload was. */
  readonly runOrder: string;
  readonly runChain: string;
  readonly runAttempt: number | null;
  /** The end that called for the order. */
  readonly runCauseReloadId: string;
  readonly runCauseNodeId: string;
  readonly runCauseLabel: string;
}

/** The columns in their order. */
export const RUN_ROW_COLUMNS = [
  'runId',
  'runReloadId',
  'nodeId',
  'runLabel',
  'runStatus',
  'runCreatedAt',
  'runStartedAt',
  'runEndedAt',
  'runEndedEpochSeconds',
  'runQueuedSeconds',
  'runDurationSeconds',
  'runErrorCode',
  'runErrorMessage',
  'runStartedBy',
  'runOrder',
  'runChain',
  'runAttempt',
  'runCauseReloadId',
  'runCauseNodeId',
  'runCauseLabel',
] as const satisfies readonly (keyof RunRow)[];

/** An end with what the ledger knows of its order. */
export interface RunEnd {
  readonly event: EventDocument;
  /** The order for which the reload was started; absent if none is known. */
  readonly order?: OrderDocument;
  /** Which attempt of the order the reload was, if the ledger noted that at the start (in a document `started`). */
  readonly startedTry?: number;
  /** The end that called for the order; absent if none is known. */
  readonly cause?: EventDocument;
}

/** Makes the row of an end. */
export function runRow({ event, order, startedTry, cause }: RunEnd, { apps }: Pick<CompiledChains, 'apps'>): RunRow {
  const labelOf = (app: AppRef): string => apps[appKey(app)]?.label ?? app.appId;
  const { tenant, reloadId, outcome, createdAt, startedAt, endedAt, error, startedBy } = event;
  const { queued, ran } = reloadTimes(event);
  return {
    runId: order?.root ?? eventId(tenant, reloadId),
    runReloadId: reloadId,
    nodeId: appKey(event),
    runLabel: labelOf(event),
    runStatus: STATUS_OF[outcome],
    runCreatedAt: iso(createdAt),
    runStartedAt: iso(startedAt),
    runEndedAt: iso(endedAt),
    runEndedEpochSeconds: Math.floor(endedAt / 1_000),
    runQueuedSeconds: queued === undefined ? null : queued / 1_000,
    runDurationSeconds: ran === undefined ? null : ran / 1_000,
    runErrorCode: error?.code ?? '',
    runErrorMessage: error?.message ?? '',
    runStartedBy: startedBy ?? '',
    runOrder: order?._id ?? '',
    runChain: order?.chain ?? '',
    runAttempt: order === undefined ? null : (attemptOf(order, event, startedTry) ?? null),
    runCauseReloadId: cause?.reloadId ?? '',
    runCauseNodeId: cause === undefined ? '' : appKey(cause),
    runCauseLabel: cause === undefined ? '' : labelOf(cause),
  };
}

/** The apps whose ends are rows: those of the chain, or of all chains. */
export function appsOfRuns(chain: string | undefined, { links, apps }: CompiledChains): ReadonlySet<string> {
  if (chain === undefined) return new Set(Object.keys(apps));
  const ofChain = Object.values(links)
    .flat()
    .filter((link) => link.chain === chain);
  return new Set(ofChain.flatMap(({ after, target }) => [appKey(after), appKey(target)]));
}

const iso = (at: EpochMs | undefined): string => (at === undefined ? '' : new Date(at).toISOString());
