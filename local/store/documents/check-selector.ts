/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A query says by a
 * selector which documents it wants. Some selectors would stop or crash PouchDB, so this file checks a selector first.
 */

import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import { StoreError } from '../store-error.ts';

/**
 * The most levels: far more than queries need. PouchDB evaluates a selector by recursion, which must not exhaust the
 * stack.
 */
const MAX_DEPTH = 20;

/** Whether an operator accepts an argument. `depth` says how many levels deep in the selector the argument is. */
type Check = (argument: unknown, depth: number) => boolean;
/** Returns a table with the check of each operator. It is a function, because the tables below refer to each other. */
type Operators = () => Readonly<Record<string, Check>>;

const isTrue: Check = () => true;
const isInteger: Check = (argument) => Number.isInteger(argument);

/** Whether the argument is a list of selectors. It throws for a mistake within one of them. */
const areSelectors: Check = (argument, depth) => {
  if (!Array.isArray(argument) || !argument.every(isJsonObject)) return false;
  for (const each of argument) checkPart(each, depth, COMBINATIONS);
  return true;
};

/**
 * Whether the argument is an object with these operators and with fields. It throws for a mistake within the object.
 */
const isSelector = (operators: Operators): Check => {
  return (argument, depth) => {
    if (!isJsonObject(argument)) return false;
    checkPart(argument, depth, operators());
    return true;
  };
};

const isOperator = (name: string): boolean => name.startsWith('$');

/**
 * Whether a value has no operators in it. In the argument of `$ne`, PouchDB would evaluate them, although it only has
 * to compare the value.
 */
const hasNoOperator: Check = (argument, depth) =>
  typeof argument !== 'object' ||
  argument === null ||
  Object.entries(argument).every(([name, value]) => !isOperator(name) && hasNoOperator(value, depth));

/** Operators that are allowed in place of a field's name. */
const COMBINATIONS: Readonly<Record<string, Check>> = {
  $and: areSelectors,
  $or: areSelectors,
  $nor: areSelectors,
  $not: isSelector(() => COMBINATIONS),
};

const TYPES: readonly unknown[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** Operators for the value of a field. */
const CONDITIONS: Readonly<Record<string, Check>> = {
  $eq: isTrue,
  $ne: hasNoOperator,
  $gt: isTrue,
  $gte: isTrue,
  $lt: isTrue,
  $lte: isTrue,
  $in: Array.isArray,
  $nin: Array.isArray,
  $all: Array.isArray,
  $exists: (argument) => typeof argument === 'boolean',
  $type: (argument) => TYPES.includes(argument),
  $size: isInteger,
  $mod: (argument, depth) =>
    Array.isArray(argument) &&
    argument.length === 2 &&
    argument.every((each) => isInteger(each, depth)) &&
    argument[0] !== 0,
  // PouchDB accepts only operators here, no names of fields.
  $not: (argument, depth) =>
    isJsonObject(argument) && Object.keys(argument).every(isOperator) && isCondition(argument, depth),
  $elemMatch: isSelector(() => IN_ELEMENTS),
  $allMatch: isSelector(() => IN_ELEMENTS),
};

const isCondition = isSelector(() => CONDITIONS);

/**
 * Operators for the elements of a list. An element can be a value or an object, so both kinds of operators are allowed.
 */
const IN_ELEMENTS = { ...COMBINATIONS, ...CONDITIONS };

/**
 * Checks that a selector of a query is safe to evaluate: the store has its operators, and these accept their arguments.
 * `$regex` is refused, because one pattern can stop the whole process.
 *
 * @returns the selector in words that PouchDB understands as CouchDB does.
 * @throws StoreError 400, with a message that names the mistake.
 */
export function checkSelector(selector: unknown): JsonObject {
  if (!isJsonObject(selector)) throw new StoreError(400, 'Missing required key: selector');
  checkPart(selector, 0, COMBINATIONS);
  return withEquals(selector);
}

/**
 * The selector with `{ $eq: null }` in place of null, and the same for lists. PouchDB joins the parts of an `$and`.
 * There it reads the value of a field as an object of operators. So null would throw, and a list's elements would be
 * operators.
 */
const withEquals = (part: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      if (!isOperator(name)) return [name, value === null || Array.isArray(value) ? { $eq: value } : value];
      return [name, Array.isArray(value) ? value.map(withEquals) : withEquals(value as JsonObject)];
    }),
  );

function checkPart(part: JsonObject, depth: number, operators: Readonly<Record<string, Check>>): void {
  if (depth > MAX_DEPTH) throw new StoreError(400, 'The selector is nested too deeply');
  for (const [name, value] of Object.entries(part)) {
    if (!isOperator(name)) checkField(value, depth);
    else if (!Object.hasOwn(operators, name))
      throw new StoreError(400, `Invalid operator: ${name} (this store has none here)`);
    else if (operators[name]?.(value, depth + 1) !== true)
      throw new StoreError(400, `Bad argument for operator ${name}`);
  }
}

function checkField(value: unknown, depth: number): void {
  if (isJsonObject(value)) checkPart(value, depth + 1, CONDITIONS);
}
