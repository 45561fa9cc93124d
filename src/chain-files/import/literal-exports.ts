/*
 * `cascade import` makes a chain file of the list of apps in the JavaScript file of the 2020 paper about chained
 * reloads. It must not run that file, because anybody may have written it. So this file reads what the JavaScript
 * exports from its text.
 */

import {
  type Expression,
  type MemberExpression,
  type Node,
  type ObjectExpression,
  type Program,
  parse,
  type SpreadElement,
} from 'acorn';
import { CascadeError } from '../../core/cascade-error.ts';
import { statementsThatChange } from './statements-that-change.ts';

/** Stands for a part of the JavaScript that `literalExports` does not read, mostly because it would have to be run. */
export class NotLiteral {
  /** From 1. */
  readonly line: number;
  constructor(line: number) {
    this.line = line;
  }
}

/**
 * A list, an object or a plain value that a file writes out, with its line; `NotLiteral` if the file does not write it
 * out.
 */
export type Literal =
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Literal[] }
  | LiteralObject
  | { readonly kind: 'value'; readonly line: number; readonly value: unknown }
  | NotLiteral;

/** An object, with the fields that are known. */
interface LiteralObject {
  readonly kind: 'object';
  readonly line: number;
  readonly fields: ReadonlyMap<string, Literal>;
  /** Present if the object may have other fields, as from `...load()`. It has the line of that part. */
  readonly others?: NotLiteral | undefined;
}

/** An object's field; `NotLiteral` if the object may have it; undefined if it certainly has none of that name. */
export const literalField = ({ fields, others }: LiteralObject, name: string): Literal | undefined =>
  fields.get(name) ?? others;

/** What a file exports, and the lines of statements that may change the exported value if the file is run. */
export interface LiteralExports {
  readonly exported: Literal;
  readonly changedAt: readonly number[];
}

/**
 * Reads what a CommonJS file exports. The file is parsed and never executed.
 *
 * It understands literals, names of top-level variables, their fields, spread lists and objects, texts joined by `+`,
 * and `Object.freeze(…)`. An expression of another kind becomes `NotLiteral`.
 *
 * @throws CascadeError PARAMETERS_INVALID if the text is no JavaScript, exports nothing by `module.exports = …`, or
 *   exports a value of more than 300,000 parts.
 */
export function literalExports(text: string): LiteralExports {
  const program = parseProgram(text);
  const variables = new Map<string, Expression>();
  let exported: Expression | undefined;
  for (const statement of program.body) {
    if (statement.type === 'VariableDeclaration') {
      for (const { id, init } of statement.declarations) {
        if (id.type === 'Identifier' && init) variables.set(id.name, init);
      }
    }
    if (statement.type === 'ExpressionStatement') exported = exportedBy(statement.expression) ?? exported;
  }
  if (exported !== undefined) {
    // `exports` names the exported value itself, as in `module.exports.push(…)`.
    const followed = new Set(['exports']);
    const literal = read(exported, { variables, following: new Set(), followed, budget: { left: MOST_PARTS } });
    const others = program.body.filter(
      (each) => each.type !== 'ExpressionStatement' || exportedBy(each.expression) === undefined,
    );
    return { exported: literal, changedAt: statementsThatChange(others, followed).map(lineOf) };
  }
  const other = program.body.map(otherExport).find((name) => name !== undefined);
  throw new CascadeError(
    'PARAMETERS_INVALID',
    other !== undefined
      ? `The file assigns to "${other}". The list has to be what the file exports: write "module.exports = …" in its place.`
      : 'The file exports nothing by "module.exports = [ … ]". Is it the file with the list of apps?',
  );
}

function parseProgram(text: string): Program {
  try {
    return parseAs('script', text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = isModule(text)
      ? 'The file is an ES module (import, export). Make it CommonJS: write "module.exports = [ … ]" in place of "export default [ … ]".'
      : `The file is no CommonJS JavaScript: ${error.message.replace(NO_ROOM, 'it is nested too deep')}`;
    throw new CascadeError('PARAMETERS_INVALID', message, { cause: error });
  }
}

/** What acorn says of a file that is nested thousands of times. */
const NO_ROOM = 'Not enough stack space to parse input';

const parseAs = (sourceType: 'script' | 'module', text: string): Program =>
  parse(text, { ecmaVersion: 'latest', sourceType, locations: true, allowHashBang: true });

function isModule(text: string): boolean {
  try {
    parseAs('module', text);
    return true;
  } catch {
    return false;
  }
}

/** `module.exports = x`, also as `exports = module.exports = x`. */
function exportedBy(expression: Expression): Expression | undefined {
  if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') return undefined;
  const { left, right } = expression;
  const isExports =
    left.type === 'MemberExpression' &&
    left.object.type === 'Identifier' &&
    left.object.name === 'module' &&
    nameOfMember(left) === 'exports';
  return isExports ? right : exportedBy(right);
}

/**
 * What a statement exports in another way than `module.exports = x`: `exports.apps`, `module.exports.apps`, `exports`.
 */
function otherExport(statement: Program['body'][number]): string | undefined {
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression')
    return undefined;
  const path = pathOf(statement.expression.left);
  return path?.[0] === 'exports' || (path?.[0] === 'module' && path[1] === 'exports') ? path.join('.') : undefined;
}

/** The names in `a.b.c`; undefined if the node is anything else. */
function pathOf(node: Node): readonly string[] | undefined {
  if (isIdentifier(node)) return [node.name];
  if (!isMember(node)) return undefined;
  const [path, name] = [pathOf(node.object), nameOfMember(node)];
  return path === undefined || name === undefined ? undefined : [...path, name];
}

/** What `read` needs to know while it follows an expression. */
interface Scope {
  readonly variables: ReadonlyMap<string, Expression>;
  /** The variables that are just being read. If one of them is named again, it names itself, and would never end. */
  readonly following: ReadonlySet<string>;
  /** Gets the name of each variable that was looked up. */
  readonly followed: Set<string>;
  /**
   * How many more parts may be read. Without this bound, variables that each spread the one before twice would never
   * end.
   */
  readonly budget: { left: number };
}

/**
 * The most parts (values, lists and objects) that are read. Ten thousand apps with their fields have a third of them.
 */
const MOST_PARTS = 300_000;
/** The longest text that is joined, in UTF-16 units. Names and ids of apps are much shorter. */
const LONGEST_TEXT = 10_000;

/** Counts parts that are read, and stops if they are too many. */
function spend(parts: number, { budget }: Scope): void {
  budget.left -= parts;
  if (budget.left >= 0) return;
  throw new CascadeError(
    'PARAMETERS_INVALID',
    `The file’s list has more than ${MOST_PARTS} parts, if its variables are followed. Write out the list of apps alone.`,
  );
}

const lineOf = ({ loc }: Node): number => loc?.start.line ?? 1;

/** The value of an expression, as far as the text says it. */
function read(node: Expression, scope: Scope): Literal {
  spend(1, scope);
  const line = lineOf(node);
  const value = (plain: unknown): Literal => ({ kind: 'value', line, value: plain });
  switch (node.type) {
    case 'ParenthesizedExpression':
      return read(node.expression, scope);
    case 'Literal':
      return value(node.value);
    case 'TemplateLiteral':
      return node.expressions.length === 0 ? value(node.quasis[0]?.value.cooked ?? '') : new NotLiteral(line);
    case 'BinaryExpression': {
      if (node.operator !== '+' || node.left.type === 'PrivateIdentifier') return new NotLiteral(line);
      const parts = [read(node.left, scope), read(node.right, scope)].map(writtenText);
      const text = parts.includes(undefined) ? undefined : parts.join('');
      return text === undefined || text.length > LONGEST_TEXT ? new NotLiteral(line) : value(text);
    }
    case 'ArrayExpression':
      return { kind: 'list', line, items: node.elements.flatMap((element) => itemsOf(element, line, scope)) };
    case 'ObjectExpression':
      return objectOf(node, line, scope);
    case 'Identifier':
      return follow(node.name, line, scope);
    case 'MemberExpression': {
      if (node.object.type === 'Super') return new NotLiteral(line);
      const object = read(node.object, scope);
      const field = nameOfMember(node);
      const found = 'kind' in object && object.kind === 'object' && field !== undefined && literalField(object, field);
      return found || new NotLiteral(line);
    }
    case 'CallExpression': {
      // `Object.freeze(x)` gives x.
      const [frozen] = node.arguments;
      const isFreeze = pathOf(node.callee)?.join('.') === 'Object.freeze' && node.arguments.length === 1;
      return isFreeze && frozen !== undefined && frozen.type !== 'SpreadElement'
        ? read(frozen, scope)
        : new NotLiteral(line);
    }
    default:
      return new NotLiteral(line);
  }
}

/** A literal's text; undefined if the literal is no text. */
export const writtenText = (literal: Literal | undefined): string | undefined =>
  literal !== undefined && 'kind' in literal && literal.kind === 'value' && typeof literal.value === 'string'
    ? literal.value
    : undefined;

/** The value of a variable. */
function follow(name: string, line: number, scope: Scope): Literal {
  const { variables, following, followed } = scope;
  const variable = variables.get(name);
  followed.add(name);
  if (variable === undefined || following.has(name)) return new NotLiteral(line);
  return read(variable, { ...scope, following: new Set([...following, name]) });
}

function itemsOf(element: Expression | SpreadElement | null, line: number, scope: Scope): readonly Literal[] {
  if (element === null) return [new NotLiteral(line)];
  if (element.type !== 'SpreadElement') return [read(element, scope)];
  const list = read(element.argument, scope);
  if (!('kind' in list) || list.kind !== 'list') return [new NotLiteral(lineOf(element))];
  spend(list.items.length, scope);
  return list.items;
}

function objectOf({ properties }: ObjectExpression, line: number, scope: Scope): LiteralObject {
  const fields = new Map<string, Literal>();
  let others: NotLiteral | undefined;
  /** An unknown part may replace each field that stands before it. So those fields are forgotten. */
  const addUnknown = (unknown: NotLiteral): void => {
    fields.clear();
    others = unknown;
  };
  for (const property of properties) {
    if (property.type === 'SpreadElement') {
      const object = read(property.argument, scope);
      const isObject = 'kind' in object && object.kind === 'object';
      if (!isObject) addUnknown(new NotLiteral(lineOf(property)));
      else {
        if (object.others !== undefined) addUnknown(object.others);
        for (const [key, field] of object.fields) fields.set(key, field);
      }
      continue;
    }
    const name = nameOfKey(property);
    // `__proto__: x` makes x the prototype, which may give the object other fields.
    if (name === undefined) addUnknown(new NotLiteral(lineOf(property)));
    else if (name === '__proto__') others ??= new NotLiteral(lineOf(property));
    else fields.set(name, property.kind === 'init' ? read(property.value, scope) : new NotLiteral(lineOf(property)));
  }
  return { kind: 'object', line, fields, ...(others !== undefined && { others }) };
}

/** The name of a key or a field that is written out: `a`, `'a'`, `['a']`. */
function nameOfKey({ key, computed }: { readonly key: Node; readonly computed: boolean }): string | undefined {
  if (isIdentifier(key)) return computed ? undefined : key.name;
  return isLiteral(key) ? String(key.value) : undefined;
}

const nameOfMember = ({ property, computed }: { readonly property: Node; readonly computed: boolean }) =>
  nameOfKey({ key: property, computed });

const isIdentifier = (node: Node): node is Node & { readonly name: string } => node.type === 'Identifier';
const isMember = (node: Node): node is MemberExpression => node.type === 'MemberExpression';
const isLiteral = (node: Node): node is Node & { readonly value: unknown } => node.type === 'Literal';
