/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file shows
 * reloads as Qlik's API does, one by one and in pages.
 */

import { isoTime } from '../clock.ts';
import type { TenantCall } from '../http/call.ts';
import { page, parseFlag, parseSort, type Sort } from '../http/page.ts';
import { parseScim } from '../scim.ts';
import type { Switches, SwitchValue } from '../switches.ts';
import type { Reload } from './record.ts';
import { endAsKnown, type ShownReload } from './reload-store.ts';

export interface ViewOptions {
  readonly tenantId: string;
  readonly origin: string;
  /** Where the tenant repeats the resource that the caller named for a reload. Cascade recognises its reloads by it. */
  readonly echo: SwitchValue<'reloads.echo'>;
  /** Whether to show the script log, if the reload has ended. */
  readonly log: boolean;
}

/** A reload record as the API shows it (facts q-reloads-post-02, q-reloads-get-03). */
export function viewReload(reload: Reload, { tenantId, origin, echo, log }: ViewOptions): Record<string, unknown> {
  const { id, appId, userId, type, status, partial, weight, startedAt, endedAt, error } = reload;
  const endTime = isoTime(endedAt);
  return {
    id,
    appId,
    tenantId,
    userId,
    type,
    status,
    creationTime: isoTime(reload.createdAt),
    startTime: isoTime(startedAt),
    endTime,
    engineTime: status === 'SUCCEEDED' ? endTime : undefined,
    partial,
    weight,
    ...(echo !== 'none' && resourceOf(reload)),
    ...error,
    log: log && endTime !== undefined ? reloadLog(reload) : undefined,
    links: { self: { href: `${origin}/api/v1/reloads/${id}` } },
  };
}

/** The resource that the caller named for the reload, if it named one. */
export function resourceOf({ resourceType, resourceId }: Reload): Record<string, unknown> {
  return { resourceType, resourceId };
}

/**
 * The script log of an ended reload. If the reload failed, the log contains the error, as the engine writes it there.
 */
export function reloadLog({ startedAt, createdAt, endedAt, variables, status, error }: Reload): string {
  return [
    `${isoTime(startedAt ?? createdAt)} Reload started`,
    ...Object.entries(variables).map(([name, value]) => `${name} = ${value}`),
    ...(error === undefined ? [] : [`${isoTime(endedAt ?? createdAt)} Error: ${error.errorMessage}`]),
    `${isoTime(endedAt ?? createdAt)} Reload ended: ${status}`,
  ].join('\n');
}

const NEWEST_FIRST: Sort = { field: 'creationTime', descending: true };
const KEYS = {
  creationTime: ({ createdAt }: Reload) => isoTime(createdAt),
  status: ({ status }: Reload) => status,
  startTime: ({ startedAt }: Reload) => isoTime(startedAt) ?? '',
  endTime: ({ endedAt }: Reload) => isoTime(endedAt) ?? '',
};

/**
 * Makes the page of reloads that the query of `GET /api/v1/reloads` asks for (facts q-reloads-list-03 … 09). The switch
 * `reloads.listLagMs` (a setting of the simulation) says how late the list shows a new reload, or an end.
 *
 * @param now - the time in epoch ms.
 * @throws Refusal 400 for a malformed query.
 */
export function pageOfReloads(
  call: TenantCall,
  listed: readonly ShownReload[],
  switches: Switches,
  now: number,
  view: (reload: Reload) => unknown,
) {
  const asked = parseSort(call, Object.keys(KEYS), '-creationTime');
  const isHonoured = switches.get('reloads.sort') === 'all' || asked.field === 'creationTime';
  const passes = parseReloadFilter(call.query.get('filter') ?? '');
  const partial = parseFlag(call, 'partial');
  const knownUntil = now - switches.get('reloads.listLagMs');
  const shown = listed
    .filter((each) => each.now.createdAt <= knownUntil)
    .flatMap((each) => endAsKnown(each, knownUntil) ?? [])
    .filter((reload) => passes(reload) && (partial === undefined || reload.partial === partial));
  return page(call, shown, {
    keys: KEYS,
    order: isHonoured ? asked : NEWEST_FIRST,
    tie: ({ seq }) => seq,
    limit: 10,
    view,
  });
}

function parseReloadFilter(text: string): (reload: Reload) => boolean {
  if (text === '') return () => true;
  const grammar = { attributes: ['status', 'partial', 'type'], operators: ['eq'], parentheses: true } as const;
  const { passes } = parseScim(text, grammar);
  return ({ status, partial, type }) => {
    const values: Readonly<Record<string, string>> = { status, partial: String(partial), type };
    return passes((attribute) => values[attribute]);
  };
}
