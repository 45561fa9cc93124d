/*
 * `cascade check` reports mistakes in chain files, and `cascade build` refuses files with errors. Each mistake is a
 * problem, with a code, a message and the place in the file. Whoever reads or checks a part of a chain file makes such
 * problems.
 */

/** The codes of what can be wrong with chain files, each with its meaning. docs/chains.md explains them. */
export const PROBLEM_CODES = [
  'NO_FILE', // a directory, a pipe, or a link to nothing has a chain file's name
  'NOT_UTF8', // the file's bytes, or those of its name, are not UTF-8 text
  'FILE_TOO_LARGE', // the file is larger than 1 MiB
  'YAML_INVALID', // the text is not YAML 1.2, or it has what a chain file must not have, such as tags
  'ILL_FORMED_TEXT', // a text has half of a character: CouchDB and Qlik refuse it
  'DUPLICATE_KEY', // a mapping has the same key twice
  'UNKNOWN_FIELD', // a key that the language does not have
  'MISSING_FIELD', // a key that must be there
  'WRONG_TYPE', // a value of the wrong kind
  'BAD_NAME', // a name, an id, a time or a duration that is written wrongly
  'OUT_OF_BOUNDS', // too many, too long, too small or too large
  'UNKNOWN_APP', // no app of this name
  'SAME_CHAIN_NAME', // two files with one chain name
  'SAME_APP', // one app under two short names of one file
  'APP_IN_TWO_TENANTS', // one app id in two tenants
  'SAME_LINK', // one link twice in one file
  'NAME_NEEDED', // two links for one reload want different things, and no names distinguish them
  'UNREACHABLE_LINK', // a link on one outcome beside the same link with `on: any`, which always starts it
  'REPEATED_UPSTREAM', // one app twice in the list of a composite link, which waits for several apps
  'NEVER_FIRES', // a composite link waits for more apps than it names
  'STARTS_TWICE', // a composite link and other links would reload one app twice, after the same ends
  'CYCLE', // apps that would reload each other for ever
  'BAD_SCHEDULE', // `expected` has a wrong time zone or cron expression, or its deadlines never come or come too often
  'EXPECTED_TWICE', // two files give one app different `expected`
  'PAYLOAD_TOO_LARGE', // more follows one app than OpenWhisk carries at once
  'APP_UNUSED', // an app that no link uses (a warning)
  'ID_NOT_UUID', // an app id that Qlik Cloud cannot have (a warning)
  'FILE_NOT_READ', // a file that looks like a chain file and is not read, such as one in a subfolder (a warning)
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Keys and indexes from the top of a file down to one of its parts, such as `['reloads', 0, 'app']`. */
export type Path = readonly (string | number)[];

/** A part of a chain file. */
export interface Place {
  readonly file: string;
  readonly path: Path;
  /** Points at the key instead of its value. */
  readonly atKey?: boolean;
}

/** One thing that is wrong, and where. */
export interface Problem extends Place {
  /** A warning alone does not fail a check. */
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly message: string;
  /** Other places that the problem is about. */
  readonly also?: readonly Place[];
}

/** An error of `code` at `place`. */
export const errorAt = (place: Place, code: ProblemCode, message: string, also: readonly Place[] = []): Problem => ({
  severity: 'error',
  code,
  message,
  file: place.file,
  path: place.path,
  ...(place.atKey === true && { atKey: true }),
  ...(also.length > 0 && { also }),
});
