export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a JSON value is an object (neither null nor an array). */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON as OpenWhisk's web actions print it: sorted keys, two blanks a level, arrays on one line. */
export function prettyJson(value: Json, indent = ''): string {
  if (Array.isArray(value)) return `[${value.map((item) => prettyJson(item, indent)).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const lines = Object.keys(value)
    .sort()
    .map((key) => `${inner}${JSON.stringify(key)}: ${prettyJson(value[key] ?? null, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
