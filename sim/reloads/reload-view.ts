import type { TenantCall } from '../http/call.ts';
import { type ApiPage, page, parseFlag, parseLimit, parseSort, type Sort } from '../page.ts';
import type { Switches, SwitchValue } from '../switches.ts';
import { parseScim } from '../users.ts';
import { hasEnded, isoTime, type Reload } from './record.ts';
import { endAsKnown, type ShownReload } from './reload-store.ts';

export interface ViewOptions {
  readonly tenantId: string;
  readonly origin: string;
  readonly echo: SwitchValue<'reloads.echo'>;
  readonly log: boolean;
}

/** A reload record as the API answers it (q-reloads-post-02, q-reloads-get-03). */
export function viewReload(reload: Reload, options: ViewOptions): Record<string, unknown> {
  return {
    id: reload.id,
    appId: reload.appId,
    tenantId: options.tenantId,
    userId: reload.userId,
    type: reload.type,
    status: reload.status,
    creationTime: isoTime(reload.createdAt),
    ...times(reload),
    partial: reload.partial,
    weight: reload.weight,
    ...(options.echo === 'none' ? {} : resource(reload)),
    ...reload.error,
    ...(options.log && hasEnded(reload) ? { log: reloadLog(reload) } : {}),
    links: { self: { href: `${options.origin}/api/v1/reloads/${reload.id}` } },
  };
}

/** What the caller tied the reload to, as far as it said. */
export function resource(reload: Reload): Record<string, unknown> {
  return {
    ...(reload.resourceType === undefined ? {} : { resourceType: reload.resourceType }),
    ...(reload.resourceId === undefined ? {} : { resourceId: reload.resourceId }),
  };
}

/** The script log of an ended reload. */
export function reloadLog(reload: Reload): string {
  const lines = [`${isoTime(reload.startedAt ?? reload.createdAt)} Reload started`];
  for (const [name, value] of Object.entries(reload.variables)) lines.push(`${name} = ${value}`);
  lines.push(`${isoTime(reload.endedAt ?? reload.createdAt)} Reload ended: ${reload.status}`);
  return lines.join('\n');
}

function times(reload: Reload): Record<string, unknown> {
  return {
    ...(reload.startedAt === undefined ? {} : { startTime: isoTime(reload.startedAt) }),
    ...(reload.endedAt === undefined ? {} : { endTime: isoTime(reload.endedAt) }),
    ...(reload.status === 'SUCCEEDED' && reload.endedAt !== undefined ? { engineTime: isoTime(reload.endedAt) } : {}),
  };
}

const FIELDS = ['creationTime', 'status', 'startTime', 'endTime'];
const NEWEST_FIRST: Sort = { field: 'creationTime', descending: true };

/** The page of reloads that the query of `GET /api/v1/reloads` asks for (q-reloads-list-03 … 09). `now` in epoch ms. @throws Refusal 400 */
export function listReloads(
  listed: readonly ShownReload[],
  call: TenantCall,
  switches: Switches,
  now: number,
): ApiPage<Reload> {
  const asked = parseSort(call, FIELDS, NEWEST_FIRST);
  const sort = switches.get('reloads.sort') === 'all' || asked.field === 'creationTime' ? asked : NEWEST_FIRST;
  const options = { sort, limit: parseLimit(call, 10), place: (reload: Reload) => place(reload, sort.field) };
  const passes = parseReloadFilter(call.query.get('filter') ?? '');
  const partial = parseFlag(call, 'partial');
  const lag = switches.get('reloads.listLagMs');
  const shown = listed.flatMap((each) => asListed(each, now - lag) ?? []);
  const wanted = shown.filter((reload) => passes(reload) && (partial === undefined || reload.partial === partial));
  return page(wanted, options, call);
}

/** The reload as a list shows it that only knows what happened up to `knownUntil` (epoch ms). */
function asListed(listed: ShownReload, knownUntil: number): Reload | undefined {
  return listed.now.createdAt > knownUntil ? undefined : endAsKnown(listed, knownUntil);
}

function parseReloadFilter(text: string): (reload: Reload) => boolean {
  if (text === '') return () => true;
  const grammar = { attributes: ['status', 'partial', 'type'], operators: ['eq'], parentheses: true } as const;
  const { passes } = parseScim(text, grammar);
  return (reload) => {
    const values: Readonly<Record<string, string>> = {
      status: reload.status,
      partial: String(reload.partial),
      type: reload.type,
    };
    return passes((attribute) => values[attribute]);
  };
}

function place(reload: Reload, field: string): { key: string; seq: number } {
  const { seq } = reload;
  switch (field) {
    case 'status':
      return { key: reload.status, seq };
    case 'startTime':
      return { key: instant(reload.startedAt), seq };
    case 'endTime':
      return { key: instant(reload.endedAt), seq };
    default:
      return { key: isoTime(reload.createdAt), seq };
  }
}

function instant(epochMs: number | undefined): string {
  return epochMs === undefined ? '' : isoTime(epochMs);
}
