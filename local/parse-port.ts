import { InvalidArgumentError } from 'commander';

/** Reads a port of a command line. @throws InvalidArgumentError for anything but a whole number from 0 to 65535. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 0 (any free port) to 65535.');
}
