/*
 * `cascade import` reads a list of apps from the text of a JavaScript file, and does not run the file. If a statement
 * would change the list when the file runs, the text alone may be wrong. This file finds such statements, so that the
 * person is warned.
 *
 * A variable or function is made of the list if what it holds or gives may be a part of the list: an entry that was
 * found, a map of the entries, a function that finds one.
 */

import type { Expression, Node, Pattern, Program } from 'acorn';

type Statement = Program['body'][number];
type FunctionNode = Extract<
  Node | Statement | Expression,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;
type Call = Extract<Expression, { type: 'CallExpression' | 'NewExpression' }>;

/** What is known of the program's names. */
interface Names {
  /** The variables that the list itself is made of. */
  readonly followed: ReadonlySet<string>;
  /** Variables, functions and classes that are made of the list. */
  readonly made: ReadonlySet<string>;
  /** The top-level functions. */
  readonly functions: ReadonlyMap<string, FunctionNode>;
  /** Those of the functions that change the list. */
  readonly changers: ReadonlySet<string>;
  /** Those of the functions that change the list if they are given a part of it. */
  readonly changersOfGiven: ReadonlySet<string>;
}

/**
 * Finds the top-level statements that may change a value if the program is run. Such a statement assigns to a variable
 * that is made of the value, or passes it to a call, or calls a function that changes it. A declaration counts only if
 * it changes the value itself: to declare a function, or a variable that is made of the value, changes nothing.
 *
 * @param followed - the names of the variables that the value is made of.
 */
export function statementsThatChange(
  statements: readonly Statement[],
  followed: ReadonlySet<string>,
): readonly Statement[] {
  const functions = functionsIn(statements);
  const [made, changers, changersOfGiven] = [new Set(followed), new Set<string>(), new Set<string>()];
  const names = { followed, functions, made, changers, changersOfGiven };
  const size = (): number => made.size + changers.size + changersOfGiven.size;
  for (let before = -1; before < size(); ) {
    before = size();
    for (const statement of statements) for (const name of namesMadeIn(statement, made)) made.add(name);
    for (const [name, each] of functions) {
      if (isNamed(each.body, made)) made.add(name);
      if (changesInside(each, names, false)) changers.add(name);
      if (changesInside(each, names, true)) changersOfGiven.add(name);
    }
  }
  // To name a function that changes nothing is harmless, as in `find('a')`.
  const telling = new Set([...made].filter((name) => !functions.has(name) || changers.has(name)));
  return statements.filter((each) => mayChange(each, names, telling));
}

/** The functions that top-level statements declare, by their names. */
function functionsIn(statements: readonly Statement[]): ReadonlyMap<string, FunctionNode> {
  const functions = new Map<string, FunctionNode>();
  for (const statement of statements) {
    if (statement.type === 'FunctionDeclaration') functions.set(statement.id.name, statement);
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id, init } of statement.declarations) {
      if (id.type === 'Identifier' && init && isFunction(init)) functions.set(id.name, init);
    }
  }
  return functions;
}

/** The variables to which a part of a program gives something made of the list, apart from those inside functions. */
function namesMadeIn(part: unknown, made: ReadonlySet<string>): readonly string[] {
  if (!isNode(part)) return Array.isArray(part) ? part.flatMap((each) => namesMadeIn(each, made)) : [];
  if (isFunction(part)) return [];
  const node = part as Statement | Expression | (Node & { type: 'VariableDeclarator'; id: Pattern; init?: Expression });
  const inside = Object.values(node).flatMap((each) => namesMadeIn(each, made));
  switch (node.type) {
    case 'ClassDeclaration':
      return isNamed(node.body, made) ? [node.id.name] : [];
    case 'VariableDeclarator':
      return node.init && gives(node.init, made) ? [...namesOf(node.id), ...inside] : inside;
    case 'AssignmentExpression':
      return gives(node.right, made) ? [...namesOf(node.left), ...inside] : inside;
    case 'ForOfStatement':
    case 'ForInStatement': {
      const { left } = node;
      const each = left.type === 'VariableDeclaration' ? left.declarations.map(({ id }) => id) : [left];
      return gives(node.right, made) ? [...each.flatMap(namesOf), ...inside] : inside;
    }
    default:
      return inside;
  }
}

/** The variables of a pattern: `a`, `[a]`, `{ a, b: c }`, `...a`. An assignment to `a.b` is to no variable. */
function namesOf(pattern: Pattern | null): readonly string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesOf);
    case 'ObjectPattern':
      return pattern.properties.flatMap((each) => namesOf(each.type === 'RestElement' ? each : each.value));
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    case 'RestElement':
      return namesOf(pattern.argument);
    default:
      return [];
  }
}

/** Expressions that give a text, a number or a boolean, which nobody can change; or a function, which gives nothing. */
const PLAIN: ReadonlySet<string> = new Set([
  ...['ArrowFunctionExpression', 'BinaryExpression', 'FunctionExpression'],
  ...['Literal', 'TemplateLiteral', 'UnaryExpression'],
]);

/** Whether an expression may give a part of the list. */
const gives = (expression: Node, made: ReadonlySet<string>): boolean =>
  !PLAIN.has(expression.type) && isNamed(expression, made);

function mayChange(statement: Statement, names: Names, telling: ReadonlySet<string>): boolean {
  switch (statement.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return false;
    case 'VariableDeclaration':
      return statement.declarations.some(({ init }) => init && !isFunction(init) && changes(init, names));
    case 'ExpressionStatement':
      if (isPrint(statement.expression)) return false;
      if (isOwnVariableSet(statement.expression, names)) return changes(statement, names);
      break;
    default:
  }
  return isNamed(statement, telling) || changes(statement, names);
}

const isFunction = (node: Node): node is FunctionNode =>
  node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression' || node.type === 'FunctionDeclaration';

/** Whether a function changes the list. If `isGiven`, its parameters are taken for parts of the list. */
function changesInside({ params, body }: FunctionNode, names: Names, isGiven: boolean): boolean {
  const made = new Set([...names.made, ...(isGiven ? params.flatMap(namesOf) : [])]);
  for (let size = -1; size < made.size; ) {
    size = made.size;
    for (const name of namesMadeIn(body, made)) made.add(name);
  }
  return changes(body, { ...names, made });
}

/** Whether a part of a program may change the list: by an assignment, `++`, `--`, `delete` or a call. */
function changes(part: unknown, names: Names): boolean {
  if (!isNode(part)) return Array.isArray(part) && part.some((each) => changes(each, names));
  if (isFunction(part)) return changesInside(part, names, false);
  const node = part as Expression;
  switch (node.type) {
    case 'AssignmentExpression':
      if (!isOwnVariableSet(node, names) && isNamed(node.left, names.made)) return true;
      break;
    case 'UpdateExpression':
    case 'UnaryExpression':
      if (node.type === 'UpdateExpression' || node.operator === 'delete') {
        if (isNamed(node.argument, names.made)) return true;
      }
      break;
    case 'CallExpression':
    case 'NewExpression':
      if (isPrint(node)) break;
      return isChangingCall(node, names) || changes(node.callee, names) || changes(notHandedOn(node, names), names);
    default:
  }
  return Object.values(node).some((each) => changes(each, names));
}

/** Whether another variable than the list's own gets a new value, as in `first = find('a')`. That changes no list. */
const isOwnVariableSet = (node: Expression, { followed }: Names): boolean =>
  node.type === 'AssignmentExpression' && node.left.type === 'Identifier' && !followed.has(node.left.name);

/** Methods that only read a list. */
const READERS: ReadonlySet<string> = new Set(
  'at concat entries every filter find findIndex findLast flat flatMap forEach includes indexOf join keys map reduce slice some values'.split(
    ' ',
  ),
);

/** Whether a call may change the list: `apps.push(…)`, `fill()`, `extend(apps)`, `find('a').chain.pop()`. */
function isChangingCall(call: Call, names: Names): boolean {
  const { callee, arguments: given } = call;
  const { made, functions, changers, changersOfGiven } = names;
  const isOfList = isNamed(callee, made);
  const isHandedOn = given.some((each) =>
    isFunction(each)
      ? isAboutList(call, names) && changesInside(each, names, true)
      : each.type === 'Identifier' && ((isOfList && changersOfGiven.has(each.name)) || changers.has(each.name)),
  );
  if (isHandedOn) return true;
  const isGiven = given.some((each) => gives(each, made));
  if (callee.type === 'Identifier' && functions.has(callee.name)) {
    return changers.has(callee.name) || (isGiven && changersOfGiven.has(callee.name));
  }
  const property = callee.type === 'MemberExpression' && !callee.computed ? callee.property : undefined;
  const method = property?.type === 'Identifier' ? property.name : '';
  if (isOfList) return !READERS.has(method);
  return isGiven && !isCopying(callee, method);
}

/** Whether a call has to do with the list. Then the functions that it is given may be called with parts of the list. */
const isAboutList = ({ callee, arguments: given }: Call, { made }: Names): boolean =>
  isNamed(callee, made) || given.some((each) => gives(each, made));

/** The arguments at which `isChangingCall` has not looked. To look at a function twice takes too long if they nest. */
const notHandedOn = (call: Call, names: Names): readonly Node[] =>
  isAboutList(call, names) ? call.arguments.filter((each) => !isFunction(each)) : call.arguments;

/** Whether a call only reads what it is given, and makes something new of it: `Object.fromEntries(…)`, `new Map(…)`. */
function isCopying(callee: Call['callee'], method: string): boolean {
  if (callee.type === 'Identifier') return callee.name === 'Map' || callee.name === 'Set';
  const object = callee.type === 'MemberExpression' && callee.object.type === 'Identifier' ? callee.object.name : '';
  return COPIERS.has(`${object}.${method}`);
}

const COPIERS: ReadonlySet<string> = new Set([
  ...['Array.from', 'Array.isArray', 'JSON.stringify'],
  ...['Object.entries', 'Object.fromEntries', 'Object.keys', 'Object.values'],
]);

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
