type Json = boolean | number | string | null | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** In characters. A shorter part (without properties or alternatives) stays, because a reference would be longer. */
const LONG = 20;

/**
 * Moves parts of a JSON schema into definitions (`$defs`): parts with properties, parts with alternatives, and other
 * parts of at least 20 characters that the schema has twice or more. `generateValidators` does this to each schema, so
 * that actions start faster.
 *
 * ajv makes a function of each definition, and Node compiles only the functions that are called. Without definitions,
 * the largest validator (of a `plan`) would be one function of 70 kB. With them, a starting action compiles a third.
 */
export function inParts(schema: unknown): object {
  const root = schema as JsonObject;
  const counts = new Map<string, number>();
  count(root, counts);
  const definitions: Record<string, Json> = {};
  const names = new Map<string, string>();
  const refer = (part: Json): Json => {
    if (!isObject(part)) return Array.isArray(part) ? part.map(refer) : part;
    if (!isPart(part, counts)) return partsOf(part);
    const text = JSON.stringify(part);
    const name = names.get(text) ?? `part${names.size}`;
    if (!names.has(text)) {
      names.set(text, name);
      definitions[name] = partsOf(part);
    }
    return { $ref: `#/$defs/${name}` };
  };
  const partsOf = (part: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(part).map(([key, value]) => [key, refer(value)]));
  return { ...partsOf(root), $defs: definitions };
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSchema = (value: JsonObject): boolean => typeof value['type'] === 'string' || Array.isArray(value['anyOf']);

function isPart(value: JsonObject, counts: ReadonlyMap<string, number>): boolean {
  if (!isSchema(value)) return false;
  if ('properties' in value || 'anyOf' in value) return true;
  const text = JSON.stringify(value);
  return text.length >= LONG && (counts.get(text) ?? 0) > 1;
}

function count(value: Json, counts: Map<string, number>): void {
  if (typeof value !== 'object' || value === null) return;
  if (isObject(value) && isSchema(value)) {
    const text = JSON.stringify(value);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  for (const each of Object.values(value)) count(each, counts);
}
