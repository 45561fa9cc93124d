import { isObject, type JsonObject } from '../read-body.ts';
import { badRequest } from '../wire-error.ts';

const MAX_DEPTH = 20;

/** A selector that is safe to evaluate; throws 400 otherwise. `$regex` is refused: one pattern can stop the whole process. */
export function checkSelector(selector: unknown): JsonObject {
  if (!isObject(selector)) throw badRequest('Missing required key: selector');
  checkPart(selector, 0);
  return selector;
}

function checkPart(part: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw badRequest('The selector is nested too deeply');
  if (Array.isArray(part)) for (const item of part) checkPart(item, depth + 1);
  if (!isObject(part)) return;
  for (const [name, value] of Object.entries(part)) {
    if (name === '$regex') throw badRequest('Invalid operator: $regex (this store has none)');
    checkPart(value, depth + 1);
  }
}
