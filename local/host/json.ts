export type Json = null | boolean | number | string | JsonArray | HostObject;
export type JsonArray = readonly Json[];
export interface HostObject {
  readonly [key: string]: Json;
}

/** Whether a JSON value is an object (neither null nor an array). */
export const isHostObject = (value: Json | undefined): value is HostObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON as OpenWhisk's web actions print it: sorted keys, two blanks a level, arrays on one line. */
export function prettyJson(value: Json, indent = ''): string {
  if (Array.isArray(value)) return `[${value.map((item) => prettyJson(item, indent)).join(', ')}]`;
  if (!isHostObject(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const lines = Object.keys(value)
    .sort()
    .map((key) => `${inner}${JSON.stringify(key)}: ${prettyJson(value[key] ?? null, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** JSON on one line with sorted keys at every depth; a key whose value is undefined is left out. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  // In the order of the text: an object would put keys that look like numbers first.
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${sortedJson(each)}`).join(',')}}`;
}
