/*
 * `cascade import` reads a list of apps from the text of a JavaScript file, and does not run the file. If a statement
 * would change the list when the file runs, the text alone may be wrong. This file finds such statements, so that the
 * person is warned.
 */

import type { Expression, Node, Program } from 'acorn';

type Statement = Program['body'][number];

/**
 * Finds the top-level statements that may change a value if the program is run. Such a statement names a variable that
 * the value is made of, or an alias of that variable, or a function that changes it. A declaration counts only if it
 * changes the value itself: to declare a function or an alias changes nothing.
 *
 * @param followed - the names of the variables that the value is made of.
 */
export function statementsThatChange(
  statements: readonly Statement[],
  followed: ReadonlySet<string>,
): readonly Statement[] {
  const names = new Set(followed);
  for (let size = -1; size < names.size; ) {
    size = names.size;
    for (const statement of statements) for (const name of namesIn(statement, names)) names.add(name);
  }
  return statements.filter((each) => mayChange(each, names));
}

/**
 * The names that a statement declares: of functions that change a variable of `names`, and of aliases of such
 * variables.
 */
function namesIn(statement: Statement, names: ReadonlySet<string>): readonly string[] {
  if (statement.type === 'FunctionDeclaration') return changes(statement.body, names) ? [statement.id.name] : [];
  if (statement.type !== 'VariableDeclaration') return [];
  return statement.declarations.flatMap(({ id, init }) => {
    if (id.type !== 'Identifier' || !init) return [];
    const isAlias = isName(init) && isNamed(init, names);
    return isAlias || (isFunction(init) && changes(init.body, names)) ? [id.name] : [];
  });
}

function mayChange(statement: Statement, names: ReadonlySet<string>): boolean {
  switch (statement.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return false;
    case 'VariableDeclaration':
      return statement.declarations.some(({ init }) => init && !isFunction(init) && changes(init, names));
    case 'ExpressionStatement':
      return !isPrint(statement.expression) && isNamed(statement, names);
    default:
      return isNamed(statement, names);
  }
}

type FunctionNode = Extract<Expression, { type: 'FunctionExpression' | 'ArrowFunctionExpression' }>;
const isFunction = (node: Expression): node is FunctionNode =>
  node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

/** `apps`, `apps.list`, `apps[0]` */
const isName = ({ type }: Expression): boolean => type === 'Identifier' || type === 'MemberExpression';

/**
 * Methods that only read a list. If their argument is a function that changes the list, `changes` finds that in the
 * function.
 */
const READERS: ReadonlySet<string> = new Set(
  'at concat entries every filter find findIndex findLast flat flatMap forEach includes indexOf join keys map reduce slice some values'.split(
    ' ',
  ),
);

/** Whether a part of a program may change a variable of `names`: by an assignment, `++`, `--`, `delete` or a call. */
function changes(part: unknown, names: ReadonlySet<string>): boolean {
  if (!isNode(part)) return Array.isArray(part) && part.some((each) => changes(each, names));
  const node = part as Expression;
  switch (node.type) {
    case 'AssignmentExpression':
      if (isNamed(node.left, names)) return true;
      break;
    case 'UpdateExpression':
    case 'UnaryExpression':
      if (node.type === 'UpdateExpression' || node.operator === 'delete') {
        if (isNamed(node.argument, names)) return true;
      }
      break;
    case 'CallExpression':
    case 'NewExpression':
      if (!isPrint(node) && isChangingCall(node, names)) return true;
      break;
    default:
  }
  return Object.values(node).some((each) => changes(each, names));
}

/** Whether a call may change a variable of `names`: `apps.push(…)`, `fill()`, `extend(apps)`. */
function isChangingCall(
  { callee, arguments: given }: Extract<Expression, { type: 'CallExpression' | 'NewExpression' }>,
  names: ReadonlySet<string>,
): boolean {
  if (given.some((each) => (each.type === 'SpreadElement' || isName(each) ? isNamed(each, names) : false))) return true;
  if (!isNamed(callee, names)) return false;
  const property = callee.type === 'MemberExpression' && !callee.computed ? callee.property : undefined;
  return property?.type !== 'Identifier' || !READERS.has(property.name);
}

/** Whether an expression is a call such as `console.log(…)`, which counts as changing nothing. */
const isPrint = (expression: Expression): boolean =>
  expression.type === 'CallExpression' &&
  expression.callee.type === 'MemberExpression' &&
  expression.callee.object.type === 'Identifier' &&
  expression.callee.object.name === 'console';

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Whether a part of a program names a variable of `names`. */
function isNamed(part: unknown, names: ReadonlySet<string>): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if ('type' in part && part.type === 'Identifier' && 'name' in part) return names.has(String(part.name));
  return Object.values(part).some((each) => isNamed(each, names));
}
