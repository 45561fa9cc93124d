/*
 * People write in chain files (YAML) which app reloads after which. The files of this directory share these types: the
 * text of a chain file, what is parsed from it, and a problem with its place in the file.
 */

import type { Document, LineCounter } from 'yaml';
import type { ProblemCode } from '../core/chains/problem.ts';

/** A place in a file as editors count: lines and columns from 1, one column for each code point. */
export interface LocatedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many code points the place has on this line, at least 1. */
  readonly length: number;
}

/** A problem with its place in the text. */
export interface LocatedProblem extends LocatedPlace {
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly message: string;
  /** Other places that belong to the problem, such as the first of two equal keys. */
  readonly also: readonly LocatedPlace[];
}

/** The text of one chain file, without a byte order mark. */
export interface ChainText {
  /** The file's path as messages show it, such as `chains/sales.yaml`. */
  readonly file: string;
  readonly text: string;
}

/** A chain file that could be parsed as YAML. `value` is its content, and `lineCounter` knows where its lines begin. */
export interface ChainSource extends ChainText {
  readonly document: Document;
  readonly lineCounter: LineCounter;
  readonly value: unknown;
}
