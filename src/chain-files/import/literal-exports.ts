import { type Expression, type Node, type ObjectExpression, type Program, parse, type SpreadElement } from 'acorn';
import { CascadeError } from '../../core/cascade-error.ts';

/** A part of a file that only running it would give. */
export class NotLiteral {
  /** From 1. */
  readonly line: number;
  constructor(line: number) {
    this.line = line;
  }
}

/** A list, an object or a plain value as a file writes it, with the line of each; what is no literal is `NotLiteral`. */
export type Literal =
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Literal[] }
  | LiteralObject
  | { readonly kind: 'value'; readonly line: number; readonly value: unknown }
  | NotLiteral;

/** An object, with the fields that it has for certain. */
interface LiteralObject {
  readonly kind: 'object';
  readonly line: number;
  readonly fields: ReadonlyMap<string, Literal>;
  /** Where something adds fields that are not written out, as a spread call; absent if `fields` are all. */
  readonly others?: NotLiteral | undefined;
}

/** An object's field; undefined if the object certainly has none of that name. */
export const literalField = ({ fields, others }: LiteralObject, name: string): Literal | undefined =>
  fields.get(name) ?? others;

/** What a file exports, and the lines of the statements that may change that when the file runs. */
export interface LiteralExports {
  readonly exported: Literal;
  readonly changedAt: readonly number[];
}

/**
 * What a CommonJS file exports, as far as it is written there as literals. The file is parsed and never executed: names of
 * top-level variables, their fields, spread lists and texts joined by `+` are followed; anything else is `NotLiteral`.
 *
 * @throws CascadeError PARAMETERS_INVALID if the text is no JavaScript, or exports nothing by `module.exports = …`.
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
    const followed = new Set(['exports']);
    const literal = read(exported, { variables, following: new Set(), followed });
    return { exported: literal, changedAt: program.body.filter((each) => mayChange(each, followed)).map(lineOf) };
  }
  throw new CascadeError(
    'PARAMETERS_INVALID',
    'The file exports nothing by "module.exports = [ … ]". Is it the file with the list of apps?',
  );
}

function parseProgram(text: string): Program {
  try {
    return parse(text, { ecmaVersion: 'latest', sourceType: 'script', locations: true, allowHashBang: true });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CascadeError('PARAMETERS_INVALID', `The file is no CommonJS JavaScript: ${error.message}`, {
      cause: error,
    });
  }
}

/** Whether a statement may change what is exported when it runs: it names that, or a variable that it is made of. */
function mayChange(statement: Program['body'][number], names: ReadonlySet<string>): boolean {
  switch (statement.type) {
    case 'VariableDeclaration':
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return false;
    case 'ExpressionStatement':
      return (
        exportedBy(statement.expression) === undefined && !isPrint(statement.expression) && isNamed(statement, names)
      );
    default:
      return isNamed(statement, names);
  }
}

/** `console.log(…)` changes nothing. */
const isPrint = (expression: Expression): boolean =>
  expression.type === 'CallExpression' &&
  expression.callee.type === 'MemberExpression' &&
  isIdentifier(expression.callee.object) &&
  expression.callee.object.name === 'console';

/** Whether a part of a program has an identifier of one of these names. */
const isNamed = (part: unknown, names: ReadonlySet<string>): boolean => {
  if (typeof part !== 'object' || part === null) return false;
  if ('type' in part && part.type === 'Identifier' && 'name' in part) return names.has(String(part.name));
  return Object.values(part).some((each) => isNamed(each, names));
};

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

interface Scope {
  readonly variables: ReadonlyMap<string, Expression>;
  /** Variables on the way here, so that one that names itself ends. */
  readonly following: ReadonlySet<string>;
  /** Gets the name of each variable that is followed. */
  readonly followed: Set<string>;
}

const lineOf = ({ loc }: Node): number => loc?.start.line ?? 1;

function read(node: Expression, scope: Scope): Literal {
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
      return parts.includes(undefined) ? new NotLiteral(line) : value(parts.join(''));
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
    default:
      return new NotLiteral(line);
  }
}

/** A literal's text; undefined if it is none. */
export const writtenText = (literal: Literal | undefined): string | undefined =>
  literal !== undefined && 'kind' in literal && literal.kind === 'value' && typeof literal.value === 'string'
    ? literal.value
    : undefined;

function follow(name: string, line: number, { variables, following, followed }: Scope): Literal {
  const variable = variables.get(name);
  followed.add(name);
  if (variable === undefined || following.has(name)) return new NotLiteral(line);
  return read(variable, { variables, following: new Set([...following, name]), followed });
}

function itemsOf(element: Expression | SpreadElement | null, line: number, scope: Scope): readonly Literal[] {
  if (element === null) return [new NotLiteral(line)];
  if (element.type !== 'SpreadElement') return [read(element, scope)];
  const list = read(element.argument, scope);
  return 'kind' in list && list.kind === 'list' ? list.items : [new NotLiteral(lineOf(element))];
}

function objectOf({ properties }: ObjectExpression, line: number, scope: Scope): LiteralObject {
  const fields = new Map<string, Literal>();
  let others: NotLiteral | undefined;
  /** What comes later takes the place of what was there. */
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
const isLiteral = (node: Node): node is Node & { readonly value: unknown } => node.type === 'Literal';
