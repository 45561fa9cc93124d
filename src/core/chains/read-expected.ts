/*
 * In a chain file, an app may have `expected`: by when it must have been reloaded. If it is not, people are told that
 * it is late. While the chain files are compiled, this file reads that into cron expressions, and finds the mistakes in
 * it.
 */

import type { Expectation } from '../desk/expected.ts';
import { expectedText } from '../desk/expected.ts';
import type { AppKey } from '../names.ts';
import { parseDuration } from '../runs/time-words.ts';
import { days } from '../units.ts';
import type { AppIndex, NamedApp } from './app-index.ts';
import type { ExpectedEntry } from './chain-file.ts';
import { errorAt, type Place, type Problem } from './problem.ts';

/** Says what is wrong with a cron expression and its time zone; undefined if nothing is. */
export type ScheduleProblem = (expected: Expectation) => string | undefined;

/** When apps are expected, and what is wrong with that. */
export interface ReadExpected {
  readonly expected: ReadonlyMap<AppKey, Expectation>;
  readonly problems: readonly Problem[];
}

/**
 * The longest `grace`, the time after a deadline in which the app is not late yet. docs/chains.md promises this limit.
 */
const LONGEST_GRACE = days(1);

/** Reads when each app is expected. What a file with `enabled: false` says is checked, but does not count. */
export function readExpected({ byKey, chains }: AppIndex, problemOf: ScheduleProblem): ReadExpected {
  const expected = new Map<AppKey, Expectation>();
  const problems: Problem[] = [];
  for (const [app, namings] of byKey) {
    const entries = namings.flatMap((naming) => placedIn(naming, chains));
    problems.push(...entries.flatMap((each) => problemsOf(each, problemOf)));
    const [first, ...others] = entries.filter(({ isEnabled }) => isEnabled);
    if (first === undefined) continue;
    expected.set(app, first.expected);
    const different = others.filter((other) => expectedText(other.expected) !== expectedText(first.expected));
    problems.push(...different.map((other) => expectedTwice(other, first)));
  }
  return { expected, problems };
}

/** When one chain file expects an app, and where it says so. */
interface PlacedExpected {
  readonly name: string;
  readonly expected: Expectation;
  readonly isEnabled: boolean;
  readonly place: Place;
}

function placedIn({ fullName, shortName, place }: NamedApp, chains: AppIndex['chains']): readonly PlacedExpected[] {
  const content = chains.get(fullName.split('/')[0] ?? '')?.content;
  const entry = content?.apps?.[shortName]?.expected;
  if (entry === undefined) return [];
  const at = { file: place.file, path: [...place.path, 'expected'] };
  return [{ name: fullName, expected: expectedOf(entry), isEnabled: content?.enabled !== false, place: at }];
}

function expectedOf(entry: ExpectedEntry): Expectation {
  const grace = parseDuration(entry.grace ?? '');
  return { cron: cronOf(entry), zone: entry.zone, ...(grace !== undefined && { grace }) };
}

/** The cron expression of an entry. `by: "07:00"` means `0 7 * * *`. */
function cronOf(entry: ExpectedEntry): string {
  if ('cron' in entry) return entry.cron;
  const [hour, minute] = entry.by.split(':').map(Number);
  return `${minute} ${hour} * * ${daysOf(entry.days)}`;
}

/** The days of the week in the order of cron, in which Sunday is 0. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `mon-fri` → `1,2,3,4,5`. A range may go over the end of the week: `fri-mon`. */
function daysOf(text: string | undefined): string {
  if (text === undefined) return '*';
  const named = text.split(/, ?/).flatMap((part) => {
    const [from = '', to = from] = part.split('-');
    const first = DAYS.indexOf(from);
    const count = (DAYS.indexOf(to) - first + DAYS.length) % DAYS.length;
    return Array.from({ length: count + 1 }, (_, index) => (first + index) % DAYS.length);
  });
  return [...new Set(named)].sort().join(',');
}

function problemsOf({ name, expected, place }: PlacedExpected, problemOf: ScheduleProblem): readonly Problem[] {
  const what = problemOf(expected);
  const isLong = (expected.grace ?? 0) > LONGEST_GRACE;
  return [
    ...(what === undefined ? [] : [errorAt(place, 'BAD_SCHEDULE', `"expected" of "${name}": ${what}`)]),
    ...(isLong
      ? [errorAt(place, 'OUT_OF_BOUNDS', `"grace" of "${name}" is longer than a day, the most it can be.`)]
      : []),
  ];
}

const expectedTwice = ({ name, place }: PlacedExpected, first: PlacedExpected): Problem =>
  errorAt(
    place,
    'EXPECTED_TWICE',
    `"${name}" and "${first.name}" are one app, and their "expected" differ. Write it in one of the two files.`,
    [first.place],
  );
