/*
 * Reads fields of JSON from outside, such as a webhook's body, in which a field may be missing or of another type.
 */

/** A JSON object as it came from outside. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, not an array or null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The value of the first of `names` that `object` has. Small and capital letters are the same, because Qlik's forms of
 * webhooks differ in them: `tenantId` and `tenantid`.
 */
export function fieldOf(object: JsonObject, ...names: readonly string[]): unknown {
  for (const name of names) {
    if (Object.hasOwn(object, name)) return object[name];
    const lower = name.toLowerCase();
    const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower);
    if (key !== undefined) return object[key];
  }
  return undefined;
}

/** The first text among the fields called `names`; undefined if each is missing, empty or no text. */
export function textOf(object: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fieldOf(object, name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/**
 * The object in the first of the fields called `names` that is there; an empty one if none is, or if it is no object.
 */
export function objectOf(object: JsonObject, ...names: readonly string[]): JsonObject {
  const value = fieldOf(object, ...names);
  return isJsonObject(value) ? value : {};
}
