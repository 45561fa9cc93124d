import { APP_OUTCOMES, type AppOutcome, type AppSettings, type Duration, USAGES, type Usage } from './apps.ts';
import { badRequest } from './http/answer.ts';
import { asObject } from './http/call.ts';

const FIELDS = [
  'id',
  'name',
  'spaceId',
  'ownerId',
  'durationMs',
  'outcomes',
  'engineAttempts',
  'errorMessage',
  'mayReload',
  'tags',
  'collections',
  'usage',
  'isSessionApp',
  'isSkipStore',
];
const LONGEST_MS = 2_147_483_647;

/** What `POST /_sim/apps` says of one app, checked, with the defaults of what it leaves out. @throws Refusal 400 */
export function parseApp(value: unknown): AppSettings {
  const app = asObject(value, 'An app');
  const unknown = Object.keys(app).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw badRequest(`An app has no field "${unknown}". It has: ${FIELDS.join(', ')}.`);
  const { id, name } = app;
  if (typeof id !== 'string' || !/^[^/\s]+$/.test(id))
    throw badRequest('id must be a string without spaces and slashes.');
  if (typeof name !== 'string') throw badRequest('name must be a string.');
  return {
    id,
    name,
    durationMs: parseDuration(app['durationMs']),
    outcomes: app['outcomes'] === undefined ? ['succeeded'] : parseOutcomes(app['outcomes']),
    engineAttempts: parseAttempts(app['engineAttempts']),
    errorMessage: text(app, 'errorMessage'),
    mayReload: flag(app, 'mayReload', true),
    tags: names(app, 'tags'),
    collections: names(app, 'collections'),
    usage: parseUsage(app['usage']),
    isSessionApp: flag(app, 'isSessionApp', false),
    isSkipStore: flag(app, 'isSkipStore', false),
    spaceId: text(app, 'spaceId'),
    ownerId: text(app, 'ownerId'),
  };
}

function parseDuration(value: unknown): Duration {
  const isDuration = (ms: unknown): ms is number => typeof ms === 'number' && ms >= 0 && ms <= LONGEST_MS;
  if (value === undefined) return 0;
  if (isDuration(value)) return value;
  const [least, most, ...rest]: unknown[] = Array.isArray(value) ? value : [];
  if (isDuration(least) && isDuration(most) && least <= most && rest.length === 0) return [least, most];
  throw badRequest(`durationMs must be a number from 0 to ${LONGEST_MS}, or two: the least and the greatest.`);
}

function parseAttempts(value: unknown): number {
  if (value === undefined) return 1;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 10) return value;
  throw badRequest('engineAttempts must be a whole number from 1 to 10.');
}

function parseUsage(value: unknown): Usage {
  const usage = USAGES.find((known) => known === (value ?? USAGES[0]));
  if (usage === undefined) throw badRequest(`usage must be one of ${USAGES.join(', ')}.`);
  return usage;
}

/** A list of outcomes, at least one. @throws Refusal 400 */
export function parseOutcomes(value: unknown): readonly AppOutcome[] {
  if (!Array.isArray(value) || value.length === 0)
    throw badRequest('outcomes must be an array with at least one word.');
  return value.map((word: unknown) => {
    const outcome = APP_OUTCOMES.find((known) => known === word);
    if (outcome === undefined)
      throw badRequest(`outcomes are ${APP_OUTCOMES.join(', ')}, not ${JSON.stringify(word)}.`);
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

function flag(app: Record<string, unknown>, field: string, initial: boolean): boolean {
  const value = app[field] ?? initial;
  if (typeof value !== 'boolean') throw badRequest(`${field} must be a boolean.`);
  return value;
}

function text(app: Record<string, unknown>, field: string): string | undefined {
  const value = app[field];
  if (value !== undefined && (typeof value !== 'string' || value === ''))
    throw badRequest(`${field} must be a string.`);
  return value;
}
