import { CascadeError } from '../../src/core/cascade-error.ts';

/**
 * Starts a server of `npm start` on a port. If the port is in use, for example by another `npm start`, the error names
 * the option that chooses another port.
 *
 * @param what - the server's name in the message: `store`.
 * @param option - the option that chooses another port, for the message.
 * @throws CascadeError PORT_IN_USE; any other error of `start` as it is.
 */
export async function onPort<T>(
  what: string,
  option: string,
  port: number,
  start: (port: number) => Promise<T>,
): Promise<T> {
  return start(port).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'PORT_IN_USE' && cause.code !== 'EADDRINUSE') throw cause;
    const message = `Port ${port}, which the ${what} wants, is in use. Stop what uses it, or choose another with ${option}.`;
    throw new CascadeError('PORT_IN_USE', message, { cause });
  });
}
