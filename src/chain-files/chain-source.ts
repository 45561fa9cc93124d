import type { Document, LineCounter } from 'yaml';
import type { ProblemCode } from '../core/chains/problem.ts';

/** A place in a file as editors count: lines and columns from 1, one column for each code point. */
export interface LocatedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the place has, at least 1. All are on this line. */
  readonly length: number;
}

/** A problem with its place in the text. */
export interface LocatedProblem extends LocatedPlace {
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly message: string;
  readonly also: readonly LocatedPlace[];
}

/** The text of one chain file, without a byte order mark. */
export interface ChainText {
  /** The file's path as messages show it, such as `chains/sales.yaml`. */
  readonly file: string;
  readonly text: string;
}

/** A chain file that is YAML. */
export interface ChainSource extends ChainText {
  readonly document: Document;
  readonly lineCounter: LineCounter;
  readonly value: unknown;
}
