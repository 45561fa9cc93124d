/*
 * For a quick opening, the page keeps what it knows on the device in a few large parts: see `replica/summary.ts`. Each
 * day of the history (ends of reloads, and reloads that Cascade owes) is a part. Each type of the other documents is
 * one, too. This file names the parts.
 */

import { days, type EpochMs } from '../../src/core/units.ts';

const DAY = 'day-';
const DAY_MS = days(1);

/** The name of the part of an instant's day, in UTC: `day-020788`. The names sort as the days do. */
export const partOfDay = (at: EpochMs): string => `${DAY}${String(Math.floor(at / DAY_MS)).padStart(6, '0')}`;

/** Whether a part is a day of the history. */
export const isDay = (part: string): boolean => part.startsWith(DAY);

/** The name of the part with the documents of a type: `type-ticket`. */
export const partOfType = (type: string): string => `type-${type}`;
