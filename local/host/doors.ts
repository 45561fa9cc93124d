import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Which names and web pages a host answers. */
export interface Doors {
  /** Whether the host listens on loopback alone. */
  readonly isLoopback: boolean;
  /** Origins of web pages that may use the REST API. */
  readonly allowOrigins: readonly string[];
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Whether a name or address is loopback, and so this machine. */
export const isLoopbackHost = (address: string): boolean => LOOPBACK.includes(address.toLowerCase());

/**
 * Whether a `Host` header names this machine: by loopback, or, if the host listens elsewhere too, by any address or by
 * the machine's name. A web page can make its own name point to this machine, but not an address.
 */
export function isOwnName(hostHeader: string, doors: Doors): boolean {
  const name = hostHeader
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (isLoopbackHost(name)) return true;
  return !doors.isLoopback && (isIP(name) !== 0 || name === hostname().toLowerCase());
}
