import { days, type EpochMs } from '../../src/core/units.ts';

/*
 * What the page knows is kept on the device in parts (`replica/summary.ts`): a part for each day of the history, and a part
 * for each type of all other documents.
 */

const DAY = 'day-';
const DAY_MS = days(1);

/** The name of an instant's day. The names sort as the days do. */
export const partOfDay = (at: EpochMs): string => `${DAY}${String(Math.floor(at / DAY_MS)).padStart(6, '0')}`;

/** Whether a part is a day of the history. */
export const isDay = (part: string): boolean => part.startsWith(DAY);

/** The name of the part with all documents of a type. */
export const partOfType = (type: string): string => `type-${type}`;
