import { entityNotFound } from '../answer.ts';
import { readName } from '../entities/names.ts';

export type Suffix = 'http' | 'json' | 'html' | 'svg' | 'text';

/** What a web call's URL names. */
export interface WebTarget {
  /** `action`, or `package/action`. */
  readonly key: string;
  readonly suffix: Suffix;
  /** The rest of the path, percent-encoding kept; `""` if none. */
  readonly path: string;
}

const SUFFIX = /^(.+)\.(http|json|html|svg|text)$/;

/** Reads `{ns}/{package|default}/{action}[.suffix][/rest]`; 404 when it can name no action of this namespace. */
export function readWebTarget(rawSegments: readonly string[], namespace: string): WebTarget {
  const [ns, rawPackage, rawAction, ...rest] = rawSegments;
  if (ns !== namespace || !rawPackage || !rawAction) throw entityNotFound();
  const [, name = rawAction, suffix = 'http'] = SUFFIX.exec(rawAction) ?? [];
  const action = readName(name);
  return {
    key: rawPackage === 'default' ? action : `${readName(rawPackage)}/${action}`,
    suffix: suffix as Suffix,
    path: rest.map((segment) => `/${segment}`).join(''),
  };
}
