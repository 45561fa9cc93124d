import type { SwitchValue } from '../switches.ts';
import { hasEnded, isoTime, type Reload } from './record.ts';

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
