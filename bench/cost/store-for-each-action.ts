/** The actions whose requests to the store are counted separately. */
export const COUNTED_ACTIONS = [
  'receiver',
  'resolver',
  'invoker',
  'reload',
  'storer',
  'notifier',
  'collector',
] as const;

const ACTION = /^ {8}(\w+):$/;
const STORE = `"\${COUCHDB_URL}"`;

/** The variable with the store's address for an action. */
export const storeVariable = (action: string): string => `COUCHDB_URL_OF_${action.toUpperCase()}`;

/**
 * Changes the manifest so that each action has a variable of its own for the store's address.
 *
 * @throws Error if the manifest does not give the store's address to one of the actions.
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
