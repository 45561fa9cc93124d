/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. The host runs the code that it is sent. So a web page from elsewhere must not use it, unless somebody allows
 * the page's origin. This file knows the names to which the host answers.
 */

import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** To which names a host answers, and to which web pages. */
export interface Doors {
  /** Whether the host listens on loopback alone. */
  readonly isLoopback: boolean;
  /** Origins of web pages that may use the REST API. */
  readonly allowOrigins: readonly string[];
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** Whether a name or address is one of three that mean this machine: `127.0.0.1`, `localhost` and `::1`. */
export const isLoopbackHost = (address: string): boolean => LOOPBACK.includes(address.toLowerCase());

/**
 * Whether a `Host` header names this machine. A loopback name does. If the host does not listen on loopback alone, any
 * IP address and the machine's own name also do.
 *
 * The host refuses other names, because a web page can make its own name point to this machine (DNS rebinding). A page
 * cannot do that with an address.
 */
export function isOwnName(hostHeader: string, doors: Doors): boolean {
  // `[::1]:3233` becomes `::1`.
  const name = hostHeader
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (isLoopbackHost(name)) return true;
  return !doors.isLoopback && (isIP(name) !== 0 || name === hostname().toLowerCase());
}
