import { type Node, parse } from 'acorn';

/** A function in a text of JavaScript, with the name by which `withoutFunctions` finds it. */
interface Found {
  readonly name: string;
  readonly body: Pick<Node, 'start' | 'end'>;
}

/**
 * Takes the code of some functions out of a module, so that a bundle with it gets smaller. If one of them is called all
 * the same, it throws an error with its name.
 *
 * A name is that of a declared function, of a method, of the variable or field to which a function is assigned, or the
 * text before a function in the arguments of a call, such as `adapterFun('post', function …)`.
 *
 * @throws Error if the module has no function with one of the names: a new version may have changed it.
 */
export function withoutFunctions(source: string, names: readonly string[]): string {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  const found = functionsIn(program).filter(({ name }) => names.includes(name));
  const missing = names.filter((name) => found.every((each) => each.name !== name));
  if (missing.length > 0) throw new Error(`The module has no function with the name ${missing.join(', ')}.`);
  let text = source;
  // From the end on, so that the places before stay where they are.
  for (const { name, body } of found.sort((a, b) => b.body.start - a.body.start)) {
    text = `${text.slice(0, body.start)}{ throw new Error("The page uses no ${name}."); }${text.slice(body.end)}`;
  }
  return text;
}

type AnyNode = Node & Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

const isFunction = (value: unknown): value is AnyNode & { readonly body: AnyNode } =>
  isNode(value) && ['FunctionExpression', 'ArrowFunctionExpression'].includes(value.type);

/** All functions with names in a syntax tree. */
function functionsIn(node: unknown): readonly Found[] {
  if (Array.isArray(node)) return node.flatMap(functionsIn);
  if (!isNode(node)) return [];
  return [...named(node), ...Object.values(node).flatMap(functionsIn)];
}

/** The function that a node of the syntax tree gives a name to, if it does. */
function named(node: AnyNode): readonly Found[] {
  switch (node.type) {
    case 'FunctionDeclaration':
      return [{ name: nameOf(node['id']), body: node['body'] as AnyNode }];
    case 'VariableDeclarator':
      return foundIn(nameOf(node['id']), node['init']);
    case 'MethodDefinition':
      return foundIn(nameOf(node['key']), node['value']);
    case 'AssignmentExpression':
      return foundIn(nameOf((node['left'] as AnyNode)['property']), node['right']);
    case 'CallExpression': {
      const [text, code] = node['arguments'] as readonly AnyNode[];
      return text?.type === 'Literal' ? foundIn(String(text['value']), code) : [];
    }
    default:
      return [];
  }
}

const foundIn = (name: string, value: unknown): readonly Found[] =>
  isFunction(value) ? [{ name, body: value.body }] : [];

const nameOf = (node: unknown): string => (isNode(node) && node.type === 'Identifier' ? String(node['name']) : '');
