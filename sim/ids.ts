import { randomBytes, randomUUID } from 'node:crypto';

// Ids are made of UUIDs because Node keeps randomness for those at hand: several times faster than randomBytes.

/** 24 hex digits: the form of the ids of users, reloads, webhooks and items. */
export function newHexId(): string {
  return newTraceId().slice(-24);
}

/** A version 4 UUID: the form of the ids of events and deliveries. */
export function newUuid(): string {
  return randomUUID();
}

/** 32 hex digits: the id of a trace. */
export function newTraceId(): string {
  return randomUUID().replaceAll('-', '');
}

/** 32 letters, digits, `-` or `_`: the form of a tenant's id. */
export function newTenantId(): string {
  return randomBytes(24).toString('base64url');
}

/** 64 letters, digits, `-` or `_` that nobody can guess. */
export function newSecret(): string {
  return randomBytes(48).toString('base64url');
}
