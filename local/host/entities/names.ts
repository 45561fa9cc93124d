/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file reads the names of the host's entities: packages, actions, triggers and rules. (A rule says that a
 * trigger invokes an action.)
 */

import { HostError, malformed } from '../answer.ts';
import type { EntityReference } from './types.ts';

// OpenWhisk's pattern of a name: 1 to 256 characters. `sweep` and `my action@1.0` match; a blank at the end does not.
const NAME = /^(\w|\w[\w@ .&-]{0,254}[\w@.&-])$/;

/**
 * Decodes a name in a URL's path.
 *
 * @throws HostError 400 for a name that OpenWhisk does not allow.
 */
export function readName(rawSegment: string): string {
  let name = '';
  try {
    name = decodeURIComponent(rawSegment);
  } catch {
    // A badly encoded name is refused below, like the empty name.
  }
  if (NAME.test(name)) return name;
  throw new HostError(400, 'The name of the entity contains illegal characters.');
}

// The parts of `/guest/cascade/sweep`: namespace, package and name. The first slash and the package may be missing.
const PATH = /^\/?([^/]+)((?:\/[^/]+)?)\/([^/]+)$/;

/**
 * Parses the name of an entity: `/_/pkg/act`, `/ns/act` or `ns/act`; `_` stands for `namespace`. Undefined for a text
 * of another form.
 */
export function resolvePath(text: string, namespace: string): EntityReference | undefined {
  const [, root, inPackage = '', name] = PATH.exec(text) ?? [];
  return name === undefined ? undefined : { path: `${root === '_' ? namespace : root}${inPackage}`, name };
}

/**
 * Returns the reference if it is in the caller's namespace.
 *
 * @param what - what the reference is, for the message: `trigger`.
 * @throws HostError 400 if the reference is undefined, 403 if it is in another namespace.
 */
export function requireOwn(reference: EntityReference | undefined, namespace: string, what: string): EntityReference {
  if (reference === undefined) throw malformed(`${what} malformed`);
  const [root = ''] = reference.path.split('/');
  if (root !== namespace) throw forbiddenNamespace(root);
  return reference;
}

/** The full name of an entity: `/ns/pkg/act`. */
export const fullName = ({ path, name }: EntityReference): string => `/${path}/${name}`;

/** The key in the store of the entity with a full name: `pkg/act`. */
export const keyOf = (name: string): string => name.split('/').slice(2).join('/');

/** 403 for a namespace that is not the caller's. */
export const forbiddenNamespace = (namespace: string): HostError =>
  new HostError(403, `The supplied authentication is not authorized to access '${namespace}'.`);
