import { isJsonObject, type JsonObject } from '../../../src/core/json-fields.ts';
import { StoreError } from '../store-error.ts';

const MAX_DEPTH = 20;

/** Whether an operator takes this argument, which stands so many levels deep in the selector. */
type Check = (argument: unknown, depth: number) => boolean;
/** The check of each operator. It is a function, since the tables below refer to each other. */
type Operators = () => Readonly<Record<string, Check>>;

const isTrue: Check = () => true;
const isInteger: Check = (argument) => Number.isInteger(argument);

/** Whether it is a list of selectors. A mistake within one of them throws. */
const areSelectors: Check = (argument, depth) => {
  if (!Array.isArray(argument) || !argument.every(isJsonObject)) return false;
  for (const each of argument) checkPart(each, depth, COMBINATIONS);
  return true;
};

/** Whether it is an object with these operators and with fields. A mistake within it throws. */
const isSelector = (operators: Operators): Check => {
  return (argument, depth) => {
    if (!isJsonObject(argument)) return false;
    checkPart(argument, depth, operators());
    return true;
  };
};

const isOperator = (name: string): boolean => name.startsWith('$');

/** PouchDB looks for operators even in a value that it only has to compare. */
const hasNoOperator: Check = (argument, depth) =>
  typeof argument !== 'object' ||
  argument === null ||
  Object.entries(argument).every(([name, value]) => !isOperator(name) && hasNoOperator(value, depth));

/** Operators that may stand in place of a field's name. */
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
  // PouchDB takes only operators here, no names of fields.
  $not: (argument, depth) =>
    isJsonObject(argument) && Object.keys(argument).every(isOperator) && isCondition(argument, depth),
  $elemMatch: isSelector(() => IN_ELEMENTS),
  $allMatch: isSelector(() => IN_ELEMENTS),
};

const isCondition = isSelector(() => CONDITIONS);

/** An element of a list may be a value or an object, so both kinds of operators fit. */
const IN_ELEMENTS = { ...COMBINATIONS, ...CONDITIONS };

/**
 * Checks that a selector is safe to evaluate: this store has its operators, and they take its arguments. `$regex` is refused,
 * since one pattern can stop the whole process.
 *
 * @throws StoreError 400, which names what is wrong.
 */
export function checkSelector(selector: unknown): JsonObject {
  if (!isJsonObject(selector)) throw new StoreError(400, 'Missing required key: selector');
  checkPart(selector, 0, COMBINATIONS);
  return selector;
}

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
