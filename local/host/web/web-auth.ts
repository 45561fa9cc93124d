import type { Call } from '../call.ts';
import { type ActionEntity, entryValue } from '../entities/types.ts';
import { WireError } from '../errors.ts';

/** 401 unless the caller meets the action's `require-whisk-auth`. `isKeyValid`: the caller sent the namespace's key. */
export function requireWebAuth(call: Call, action: ActionEntity, isKeyValid: boolean): void {
  if (isAllowed(call, action, isKeyValid)) return;
  throw new WireError(401, 'Authentication is possible but has failed or not yet been provided.');
}

function isAllowed({ request }: Call, action: ActionEntity, isKeyValid: boolean): boolean {
  const required = entryValue(action.annotations, 'require-whisk-auth');
  switch (typeof required) {
    case 'undefined':
      return true;
    case 'boolean':
      return !required || isKeyValid;
    case 'string':
    case 'number':
      return request.headers['x-require-whisk-auth'] === String(required);
    default:
      return false;
  }
}
