import type { TenantAnswer } from './answer.ts';

/** A route: `METHOD /path/{name}/…` and what serves it. */
export interface ApiRoute<C> {
  readonly name: string;
  readonly handle: (call: C) => TenantAnswer | Promise<TenantAnswer>;
}

export interface Match<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled<R> {
  readonly route: R;
  readonly method: string;
  readonly segments: readonly string[];
}

/** Finds the first of `routes` that serves a method and path, or nothing. Earlier routes win. */
export function createRouter<R extends { readonly name: string }>(
  routes: readonly R[],
): (method: string, path: string) => Match<R> | undefined {
  const compiled = routes.map((route): Compiled<R> => {
    const [method = '', path = ''] = route.name.split(' ');
    return { route, method, segments: path.split('/') };
  });
  return (method, path) => {
    const segments = path.split('/');
    for (const candidate of compiled) {
      if (candidate.method !== method || candidate.segments.length !== segments.length) continue;
      const params = matchSegments(candidate.segments, segments);
      if (params !== undefined) return { route: candidate.route, params };
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
