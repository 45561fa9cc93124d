import { badRequest } from '../http/answer.ts';
import { isObject } from '../http/call.ts';
import type { ReloadRequest } from './record.ts';

const RESOURCE_TYPES: readonly unknown[] = ['api', 'reload-tasks', 'tasks', 'automate'];
const MAX_VARIABLES = 20;
const MAX_CHARACTERS = 256;
// The codes go from RELOADS-001 to RELOADS-013; which of them means a malformed body is not documented.
const CODE = 'RELOADS-001';

/** The body of `POST /api/v1/reloads`, checked (q-reloads-post-04 … 10). Unknown fields are passed over. @throws Refusal 400 */
export function parseReloadRequest(body: unknown): ReloadRequest {
  if (!isObject(body)) throw refuse('The body must be an object.');
  const { appId } = body;
  if (typeof appId !== 'string' || appId === '') throw refuse('appId must be a string.');
  return {
    appId,
    partial: parsePartial(body['partial']),
    weight: parseWeight(body['weight']),
    variables: parseVariables(body['variables']),
    resourceType: parseResourceType(body['resourceType']),
    resourceId: parseResourceId(body['resourceId']),
  };
}

function parsePartial(value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw refuse('partial must be a boolean.');
  return value;
}

function parseWeight(value: unknown): number {
  if (value === undefined) return 1;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 10) {
    throw refuse('weight must be a whole number from 1 to 10.');
  }
  return value;
}

function parseVariables(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isObject(value)) throw refuse('variables must be an object of strings.');
  const entries = Object.entries(value);
  if (entries.length > MAX_VARIABLES) throw refuse(`variables may have ${MAX_VARIABLES} entries.`);
  return Object.fromEntries(entries.map(([name, text]) => [name, parseVariable(name, text)]));
}

function parseVariable(name: string, text: unknown): string {
  if (typeof text !== 'string') throw refuse('The value of a variable must be a string.');
  if (characters(name) > MAX_CHARACTERS || characters(text) > MAX_CHARACTERS) {
    throw refuse(`Name and value of a variable may have ${MAX_CHARACTERS} characters.`);
  }
  return text;
}

function parseResourceType(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !RESOURCE_TYPES.includes(value)) {
    throw refuse(`resourceType must be one of ${RESOURCE_TYPES.join(', ')}.`);
  }
  return value;
}

function parseResourceId(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== 'string') throw refuse('resourceId must be a string.');
  return value;
}

function characters(text: string): number {
  return [...text].length;
}

function refuse(detail: string): Error {
  return badRequest(detail, CODE);
}
