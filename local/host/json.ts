/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. These are the types of the JSON values that actions take and return. OpenWhisk sorts the keys of the JSON
 * that it sends, so this file prints JSON like that.
 */

export type Json = null | boolean | number | string | JsonArray | HostObject;
export type JsonArray = readonly Json[];
export interface HostObject {
  readonly [key: string]: Json;
}

/** Whether a JSON value is an object (neither null nor an array). */
export const isHostObject = (value: Json | undefined): value is HostObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * JSON as OpenWhisk's web actions print it: sorted keys, two blanks for each level, the items of a list without line
 * breaks between them.
 */
export const prettyJson = (value: Json): string => print(value, true);

/** JSON in one line, with sorted keys at every depth. A key whose value is undefined is left out. */
export const sortedJson = (value: unknown): string => print(value, false);

function print(value: unknown, isPretty: boolean, indent = ''): string {
  const blank = isPretty ? ' ' : '';
  if (Array.isArray(value)) return `[${value.map((item) => print(item, isPretty, indent)).join(`,${blank}`)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    // The text is built from sorted members: a sorted object would have keys that look like numbers first.
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${blank}${print(each, isPretty, inner)}`);
  if (!isPretty) return `{${members.join(',')}}`;
  return `{\n${members.map((member) => inner + member).join(',\n')}\n${indent}}`;
}
