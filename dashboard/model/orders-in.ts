import type { AppId, AppRef, TenantName } from '../../src/core/names.ts';

/** Matches an order's id: `order:<tenant>:<app>:<link>:<cause>`. A full stop behind it is the sentence's. */
const ORDER = /(order:[^\s:]+:[^\s:]+:[^\s:]+:[^\s,;:)]*[^\s,;:).])/;

/** An order that a sentence names by its id. */
export interface NamedOrder {
  readonly id: string;
  readonly app: AppRef;
  /** Whether the id stands alone behind a sentence. */
  readonly isAlone: boolean;
}

/** Splits a text at the ids of orders in it, because people know apps and not these ids. */
export const ordersIn = (text: string): readonly (string | NamedOrder)[] =>
  text.split(ORDER).flatMap((part, index, parts): readonly (string | NamedOrder)[] => {
    // Every second part is an id, since the expression has one group.
    if (index % 2 === 0) return part === '' ? [] : [part];
    const [, tenant = '', appId = ''] = part.split(':');
    const isAlone = /[.?!] $/.test(parts[index - 1] ?? '');
    return [{ id: part, app: { tenant: tenant as TenantName, appId: appId as AppId }, isAlone }];
  });
