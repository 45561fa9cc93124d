import { existsSync, readFileSync } from 'node:fs';
import pMap from 'p-map';

const repository = new URL('../../../', import.meta.url);

/** A row of a table of facts by its columns; the id is one of them. */
export type FactRow<Column extends string> = Readonly<Record<Column, string>>;

/** Reads the tables of a Markdown text: the rows whose first cell is a fact's id (`db-bulk-01`). */
export function parseFacts<Column extends string>(
  markdown: string,
  columns: readonly Column[],
): readonly FactRow<Column>[] {
  const lines = markdown.split('\n').filter((line) => /^\| [a-z]+-[a-z-]+-\d+ \|/.test(line));
  return lines.map((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return Object.fromEntries(columns.map((column, index) => [column, cells[index + 1] ?? ''])) as FactRow<Column>;
  });
}

/** The rows of a coverage table, in its order. @param file - from the repository's root. */
export const readFacts = <Column extends string>(
  file: string,
  columns: readonly Column[],
): readonly FactRow<Column>[] => parseFacts(readFileSync(new URL(file, repository), 'utf8'), columns);

/**
 * Reads the list of facts, which the project keeps beside the repository. If it is not there, it skips the calling test
 * with a message.
 *
 * @param context - `this` of the test.
 */
export function readFactList<Column extends string>(
  context: Mocha.Context,
  name: 'openwhisk' | 'couchdb' | 'qlik',
  columns: readonly Column[],
): readonly FactRow<Column>[] {
  const file = `../shared/facts/${name}.md`;
  if (!existsSync(new URL(file, repository))) {
    console.log(`      ${file} is not here: the table is not compared with the list.`);
    context.skip();
  }
  return readFacts(file, columns);
}

/** The ids that occur twice. */
export const duplicates = (ids: readonly string[]): readonly string[] =>
  ids.filter((id, index) => ids.indexOf(id) !== index);

type Sections<Fact> = Readonly<Record<string, readonly Fact[]>>;

/** The facts of the section to which this fact belongs. */
export const sectionOf = <Fact extends { readonly id: string }>(
  sections: Sections<Fact>,
  id: string,
): readonly Fact[] => Object.values(sections).find((facts) => facts.some((fact) => fact.id === id)) ?? [];

/** Runs the tests of facts, four at a time. @returns the ids of the facts whose test fails. */
export async function failingFacts<Fact extends { readonly id: string }>(
  facts: readonly Fact[],
  ask: (fact: Fact) => Promise<void>,
): Promise<readonly string[]> {
  const holds = (fact: Fact): Promise<boolean> =>
    ask(fact).then(
      () => true,
      () => false,
    );
  const held = await pMap(facts, holds, { concurrency: 4 });
  return facts.filter((_, index) => held[index] === false).map(({ id }) => id);
}
