import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Which callers a host lets in, beside those with its key. */
export interface Doors {
  /** Whether it listens on loopback alone. */
  readonly isLoopback: boolean;
  /** Origins of web pages that may use the REST API. */
  readonly allowOrigins: readonly string[];
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

export const isLoopbackHost = (address: string): boolean => LOOPBACK.includes(address.toLowerCase());

/**
 * Whether a `Host` header names this machine: loopback, or where the host listens further any address or the machine's
 * name. A web page can have a name of its own point here, but no address.
 */
export function isOwnName(hostHeader: string, doors: Doors): boolean {
  const name = hostHeader
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (isLoopbackHost(name)) return true;
  return !doors.isLoopback && (isIP(name) !== 0 || name === hostname().toLowerCase());
}
