/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A design document may
 * have a function `validate_doc_update`, which can refuse a write. This file runs one such function.
 */

import vm from 'node:vm';
import { isJsonObject } from '../../../src/core/json-fields.ts';
import { StoreError } from '../store-error.ts';

/** The four arguments of a `validate_doc_update`, as CouchDB hands them over. */
export type ValidationArguments = readonly [newDoc: object, oldDoc: object | null, userCtx: object, secObj: object];

/** The longest time of one run. A run blocks the whole process of the store, so this is less than CouchDB's 5 s. */
const LIMIT_MS = 1_000;

// What CouchDB gives such functions beside the language.
const GLOBALS =
  'var __design = JSON.parse(__given), isArray = Array.isArray, toJSON = JSON.stringify; function log() {} function sum(list) { return list.reduce(function (all, each) { return all + each; }, 0); }';
// Only texts pass between the two contexts: by an object of the store, the function could reach the store's own
// globals.
const CALL = new vm.Script(`(function () {
  try {
    __validate.apply(__design, JSON.parse(__given));
    return '{}';
  } catch (error) {
    if (error && error.name && error.stack) return JSON.stringify({ failed: error.name + ': ' + error.message });
    return JSON.stringify({ thrown: JSON.stringify(error) || String(error) });
  }
})()`);

interface Design {
  readonly _id: string;
  readonly validate_doc_update: string;
}

/** The `validate_doc_update` of one design document, in a context of its own. */
export class ValidationFunction {
  readonly #design: Design;
  #context: vm.Context | undefined;

  constructor(design: Design) {
    this.#design = design;
  }

  /**
   * Runs the function for one write. `node:vm` is no security boundary: whoever may put the function may do anything.
   *
   * @throws StoreError 403 or 401 with the function's own text if it threw `{forbidden}` or `{unauthorized}`; 500 if it
   *   failed, threw anything else, cannot be compiled, or ran for over a second. Then the write must not happen.
   */
  check(given: ValidationArguments): void {
    this.#context ??= this.#compile();
    this.#context['__given'] = JSON.stringify(given);
    const { failed, thrown } = this.#call(this.#context);
    if (failed !== undefined) throw this.#failure('unknown_error', String(failed));
    if (thrown !== undefined) throw refusalOf(String(thrown)) ?? this.#failure('unknown_error', String(thrown));
  }

  #compile(): vm.Context {
    const { _id, validate_doc_update: source } = this.#design;
    const context = vm.createContext({ __given: JSON.stringify(this.#design) }, { microtaskMode: 'afterEvaluate' });
    try {
      vm.runInContext(GLOBALS, context);
      const text = `var __validate = (${source.trim().replace(/;+$/, '')}\n)`;
      new vm.Script(text, { filename: _id }).runInContext(context, { timeout: LIMIT_MS });
    } catch (error) {
      throw this.#failure('compilation_error', String(error));
    }
    return context;
  }

  #call(context: vm.Context): { readonly failed?: unknown; readonly thrown?: unknown } {
    try {
      const outcome: unknown = JSON.parse(String(CALL.runInContext(context, { timeout: LIMIT_MS })));
      return isJsonObject(outcome) ? outcome : { failed: outcome };
    } catch (error) {
      const isLate = (error as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
      throw isLate
        ? this.#failure('os_process_error', `It ran for over ${LIMIT_MS} ms.`)
        : this.#failure('unknown_error', String(error));
    }
  }

  #failure(word: string, reason: string): StoreError {
    const message = `validate_doc_update of ${this.#design._id}: ${reason}`;
    return new StoreError(500, message, word, { cause: message });
  }
}

/**
 * The refusal that CouchDB makes of a thrown `{forbidden}` or `{unauthorized}`. Undefined for anything else.
 *
 * @param text - the thrown value as JSON.
 */
function refusalOf(text: string): StoreError | undefined {
  const thrown = parsed(text);
  if (!isJsonObject(thrown)) return undefined;
  const [member = '', ...others] = Object.keys(thrown);
  if (others.length > 0 || (member !== 'forbidden' && member !== 'unauthorized')) return undefined;
  return new StoreError(member === 'forbidden' ? 403 : 401, textOf(thrown[member]), member);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const textOf = (reason: unknown): string => (typeof reason === 'string' ? reason : JSON.stringify(reason));
