/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file finds the
 * function that answers a request.
 */

import type { Tenant } from '../tenant.ts';
import type { TenantAnswer } from './answer.ts';

/** Serves a call of one route. */
export type Handler<C> = (tenant: Tenant, call: C) => TenantAnswer | Promise<TenantAnswer>;

/** Handlers by `METHOD /path/{name}/…`. */
export type Routes<C> = Readonly<Record<string, Handler<C>>>;

/** The route that serves a call. */
export interface Match<C> {
  /** `METHOD /path/{name}/…` */
  readonly name: string;
  readonly handle: Handler<C>;
  /** The values of the `{name}` parts, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Makes a function that finds the first of `routes` that serves a method and path. The function returns undefined if
 * there is none.
 */
export function createRouter<C>(routes: Routes<C>): (method: string, path: string) => Match<C> | undefined {
  const compiled = Object.entries(routes).map(([name, handle]) => {
    const [method = '', path = ''] = name.split(' ');
    return { name, handle, method, segments: path.split('/') };
  });
  return (method, path) => {
    const segments = path.split('/');
    for (const { name, handle, ...route } of compiled) {
      if (route.method !== method || route.segments.length !== segments.length) continue;
      const params = matchSegments(route.segments, segments);
      if (params !== undefined) return { name, handle, params };
    }
    return undefined;
  };
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) {
      if (segment === '') return undefined;
      params[part.slice(1, -1)] = decode(segment);
    } else if (part !== segment) return undefined;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
