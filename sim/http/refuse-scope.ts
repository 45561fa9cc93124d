import { forbidden } from './answer.ts';
import type { ApiCall } from './call.ts';

/** With one of these a token may do what its user may; other scopes are for one kind of resource each. */
const WIDE = ['user_default', 'admin_classic'];

/**
 * A scope restricts what a token may do, and never adds rights (q-tokens-08). What is known of the narrow ones: a
 * `…:read` changes nothing, and reloads are started with `apps`. @throws Refusal 403
 */
export function refuseScope(call: ApiCall): void {
  const { scopes, method, path } = call;
  if (scopes === undefined || scopes.length === 0 || method === 'GET') return;
  const writing = scopes.filter((scope) => !scope.endsWith(':read'));
  const needed = path.startsWith('/api/v1/reloads') ? [...WIDE, 'apps'] : writing;
  if (!writing.some((scope) => needed.includes(scope))) throw forbidden('The scope of the token is too narrow.');
}
