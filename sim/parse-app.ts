import { type AppSettings, OUTCOMES, type Outcome } from './apps.ts';
import { badRequest } from './http/answer.ts';
import { asObject } from './http/call.ts';

const FIELDS = ['id', 'name', 'spaceId', 'ownerId', 'durationMs', 'outcomes', 'mayReload', 'tags', 'collections'];
const LONGEST_MS = 2_147_483_647;

/** What `POST /_sim/apps` says of one app, checked, with the defaults of what it leaves out. @throws Refusal 400 */
export function parseApp(value: unknown): AppSettings {
  const app = asObject(value, 'An app');
  const unknown = Object.keys(app).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw badRequest(`An app has no field "${unknown}". It has: ${FIELDS.join(', ')}.`);
  const { id, name, durationMs = 0, mayReload = true } = app;
  if (typeof id !== 'string' || !/^[^/\s]+$/.test(id))
    throw badRequest('id must be a string without spaces and slashes.');
  if (typeof name !== 'string') throw badRequest('name must be a string.');
  if (typeof durationMs !== 'number' || !(durationMs >= 0 && durationMs <= LONGEST_MS)) {
    throw badRequest(`durationMs must be a number from 0 to ${LONGEST_MS}.`);
  }
  if (typeof mayReload !== 'boolean') throw badRequest('mayReload must be a boolean.');
  const outcomes = parseOutcomes(app['outcomes']);
  const lists = { outcomes, tags: names(app, 'tags'), collections: names(app, 'collections') };
  return { id, name, durationMs, mayReload, ...lists, spaceId: text(app, 'spaceId'), ownerId: text(app, 'ownerId') };
}

function parseOutcomes(value: unknown): readonly Outcome[] {
  if (value === undefined) return ['succeeded'];
  if (!Array.isArray(value) || value.length === 0)
    throw badRequest('outcomes must be an array with at least one word.');
  return value.map((word: unknown) => {
    const outcome = OUTCOMES.find((known) => known === word);
    if (outcome === undefined) throw badRequest(`outcomes are ${OUTCOMES.join(', ')}, not ${JSON.stringify(word)}.`);
    return outcome;
  });
}

function names(app: Record<string, unknown>, field: string): readonly string[] {
  const value = app[field] ?? [];
  if (!Array.isArray(value)) throw badRequest(`${field} must be an array of strings.`);
  return value.map((name: unknown) => {
    if (typeof name !== 'string' || name === '') throw badRequest(`${field} must be an array of strings.`);
    return name;
  });
}

function text(app: Record<string, unknown>, field: string): string | undefined {
  const value = app[field];
  if (value !== undefined && (typeof value !== 'string' || value === ''))
    throw badRequest(`${field} must be a string.`);
  return value;
}
