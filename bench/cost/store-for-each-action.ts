/** The actions whose requests to the store are told apart. */
export const COUNTED_ACTIONS = ['receiver', 'resolver', 'invoker', 'reload', 'storer', 'collector'] as const;

const ACTION = /^ {8}(\w+):$/;
const STORE = `"\${COUCHDB_URL}"`;

/** The name of the variable that has an action's address of the store. */
export const storeVariable = (action: string): string => `COUCHDB_URL_OF_${action.toUpperCase()}`;

/**
 * The manifest with a variable of its own for each action's address of the store.
 *
 * @throws Error for an action that the manifest does not give the store.
 */
export function storeForEachAction(manifest: string): string {
  const left = new Set<string>(COUNTED_ACTIONS);
  let action = '';
  const lines = manifest.split('\n').map((line) => {
    action = ACTION.exec(line)?.[1] ?? action;
    if (!line.includes(STORE) || !left.delete(action)) return line;
    return line.replace(STORE, `"\${${storeVariable(action)}}"`);
  });
  if (left.size > 0) throw new Error(`The manifest has no COUCHDB_URL for ${[...left].join(', ')}.`);
  return lines.join('\n');
}
