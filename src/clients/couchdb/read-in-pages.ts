import type { CouchAnswer } from './couch-answer.ts';

/** One request for a part of a list. */
export interface ListRequest {
  /** What is asked for, for messages. */
  readonly what: string;
  readonly method: 'GET' | 'POST';
  /** Below the database's own. */
  readonly path: string;
  readonly json?: object;
}

/** An answer, and how many bytes it has. */
export interface SizedAnswer {
  readonly answer: CouchAnswer;
  readonly bytes: number;
}

/** Sends a request; undefined if its answer is too large to be read. */
export type AskList = (request: ListRequest) => Promise<SizedAnswer | undefined>;

/** The same, with what `read` finds in the answer. */
export type AskPage = <T>(
  request: ListRequest,
  read: (answer: CouchAnswer) => readonly T[],
) => Promise<SizedPage<T> | undefined>;

/** How many bytes a page is meant to have: half of the largest answer, so that uneven documents still fit. */
const WANTED_BYTES = 2 * 1024 * 1024;

/** How many documents of one database a page may have, by what answers weighed so far. One for each activation. */
export interface PageSize {
  most: number;
}

/** A page as it came. */
export interface SizedPage<T> {
  readonly items: readonly T[];
  /** Of the whole answer. */
  readonly bytes: number;
}

/** The ways to ask for a part of a list. */
export interface PageReader<T> {
  /** Asks for `count` items from the one after `before` on; undefined if the answer was too large to be read. */
  next(count: number, before: readonly T[]): Promise<SizedPage<T> | undefined>;
  /** What stands for the next item, which alone is too large to be read; none if it is gone by now. */
  tooLarge(before: readonly T[]): Promise<readonly T[]>;
}

/**
 * Reads up to `limit` items of a list, in as few answers as their bytes allow: if an answer is too large, the page is
 * halved; the next page is as large as the last one's bytes let hope.
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

/** Asks for `count` items at once, and sets the size of the pages that follow; undefined if the answer was too large. */
export async function readPage<T>(
  count: number,
  size: PageSize,
  next: (count: number) => Promise<SizedPage<T> | undefined>,
): Promise<SizedPage<T> | undefined> {
  const page = await next(count);
  if (page === undefined) size.most = Math.max(1, Math.floor(count / 2));
  else if (page.items.length >= count) size.most = sizeAfter(count, page.bytes);
  return page;
}

const sizeAfter = (count: number, bytes: number): number => Math.floor((count * WANTED_BYTES) / Math.max(1, bytes));
