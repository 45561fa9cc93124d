/*
 * Finds the line and the column of a problem in a chain file (YAML that says which app reloads after which). The checks
 * know a place as a path into the content, such as `['reloads', 0, 'app']`. People need to know where to look in their
 * editor.
 */

import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import type { Path, Place } from '../core/chains/problem.ts';
import type { ChainSource, ChainText, LocatedPlace } from './chain-source.ts';

/** How many columns a text takes: one for each code point. */
const characters = (text: string): number => [...text].length;

/** Finds where the lines of a text begin. The YAML parser's own counter misses lines in a text that is not YAML. */
export function countLines({ text }: ChainText): LineCounter {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1);
  return counter;
}

/**
 * The place from offset `start` to `end` (UTF-16 units) of a text, but not beyond the line in which it starts. It is at
 * least one column long.
 */
export function locateOffsets(source: ChainText, counter: LineCounter, start: number, end: number): LocatedPlace {
  const { line, col } = counter.linePos(Math.min(start, source.text.length));
  const lineStart = counter.lineStarts[Math.max(line, 1) - 1] ?? 0;
  const offset = lineStart + Math.max(col, 1) - 1;
  const meant = source.text.slice(offset, Math.max(end, offset)).split(/[\r\n]/, 1)[0] ?? '';
  return {
    file: source.file,
    line: Math.max(line, 1),
    column: characters(source.text.slice(lineStart, offset)) + 1,
    length: Math.max(characters(meant.trimEnd()), 1),
  };
}

/**
 * Finds line and column of a place in a chain file. If the file lacks the place, it finds the part that should have it.
 */
export function locate(source: ChainSource, place: Place): LocatedPlace {
  const [start, end] = nodeAt(source, place.path, place.atKey === true)?.range ?? [0, 0];
  return locateOffsets(source, source.lineCounter, start, end);
}

/** How a plain scalar is written in the text, such as `0x10`; undefined for a quoted text, a list or a mapping. */
export function plainTextAt(source: ChainSource, path: Path): string | undefined {
  const node = nodeAt(source, path, false);
  const value = isAlias(node) ? node.resolve(source.document) : node;
  return isScalar(value) && value.type === 'PLAIN' ? value.source : undefined;
}

/**
 * The YAML node at a path, or the node of the key at its end. If the content lacks it, the last node on the way that
 * exists.
 */
function nodeAt({ document }: ChainSource, path: Path, atKey: boolean): Node | undefined {
  let node: unknown = document.contents;
  let found: Node | undefined = document.contents ?? undefined;
  for (const [position, segment] of path.entries()) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const { key, value } = childOf(parent, segment);
    const meant = atKey && position === path.length - 1 && isNode(key) ? key : value;
    if (!isNode(meant)) return isNode(key) ? key : found;
    found = meant;
    node = value;
  }
  return found;
}

function childOf(parent: unknown, segment: string | number): { key?: unknown; value?: unknown } {
  if (isSeq(parent)) return { value: parent.items[Number(segment)] };
  if (!isMap(parent)) return {};
  return parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment)) ?? {};
}
