/*
 * Reads long lists from CouchDB in parts, because Cascade reads at most 4 MiB of an answer (http-exchange.ts). A
 * request can limit the number of documents, but not their bytes. So this file finds out how many documents fit.
 */

import type { CouchAnswer, storeUnavailable } from './couch-answer.ts';

/** One request for a part of a list. */
export interface ListRequest {
  /** What is asked for, for messages. */
  readonly what: string;
  readonly method: 'GET' | 'POST';
  /** What follows the database's address and a slash. */
  readonly path: string;
  readonly json?: object;
  /** Makes the error if there is no clear answer; default: `storeUnavailable`. */
  readonly unavailable?: typeof storeUnavailable;
}

/** Sends a request; undefined if its answer is too large to be read (more than 4 MiB). */
export type AskList = (request: ListRequest) => Promise<CouchAnswer | undefined>;

/** Sends a request and takes the items from its answer by `read`; undefined if the answer is too large to be read. */
export type AskPage = <T>(
  request: ListRequest,
  read: (answer: CouchAnswer) => readonly T[],
) => Promise<SizedPage<T> | undefined>;

/** How many bytes a page should have: half of the largest answer, because some documents are larger than others. */
const WANTED_BYTES = 2 * 1024 * 1024;

/**
 * How many documents the next page may have. It follows from the size of the last answers. All lists of a port share
 * it.
 */
export interface PageSize {
  most: number;
}

/** A page, and how many bytes its answer had. */
export interface SizedPage<T> {
  readonly items: readonly T[];
  readonly bytes: number;
}

/** The ways to ask for a part of a list. */
export interface PageReader<T> {
  /** Asks for `count` items after those of `before`; undefined if the answer was too large to be read. */
  next(count: number, before: readonly T[]): Promise<SizedPage<T> | undefined>;
  /**
   * Called if the next item alone is too large to be read. Returns what takes its place, or nothing if the item is
   * gone.
   */
  tooLarge(before: readonly T[]): Promise<readonly T[]>;
}

/**
 * Reads up to `limit` items of a list by few requests. After an answer that is too large, it asks for half as many
 * items. After a full answer, it asks for as many items as 2 MiB probably hold.
 *
 * @returns fewer than `limit` only at the end of the list.
 */
export async function readInPages<T>(limit: number, size: PageSize, reader: PageReader<T>): Promise<readonly T[]> {
  const items: T[] = [];
  while (items.length < limit) {
    const count = Math.max(1, Math.min(limit - items.length, size.most));
    const page = await readPage(count, size, () => reader.next(count, items));
    if (page !== undefined) {
      items.push(...page.items);
      if (page.items.length < count) break;
    } else if (count === 1) {
      items.push(...(await reader.tooLarge(items)));
    }
  }
  return items;
}

/** Asks for `count` items by one request, and sets the size of the next page; undefined if the answer was too large. */
export async function readPage<T>(
  count: number,
  size: PageSize,
  next: () => Promise<SizedPage<T> | undefined>,
): Promise<SizedPage<T> | undefined> {
  const page = await next();
  if (page === undefined) size.most = Math.max(1, Math.floor(count / 2));
  else if (page.items.length >= count) size.most = Math.floor((count * WANTED_BYTES) / Math.max(1, page.bytes));
  return page;
}
