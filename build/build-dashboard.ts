import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { withoutFunctions } from './without-functions.ts';

/**
 * The built page of the dashboard, which shows people the reloads live. The page has all its code and style in itself.
 * Only its configuration is missing (where CouchDB is): the action `dashboard` inserts that when it serves the page.
 */
export interface BuiltDashboard {
  /** The HTML up to the place for the page's configuration, and from there on. */
  readonly html: readonly [string, string];
  /** The hashes of the inline script and style, as a Content-Security-Policy names them: `sha256-…`. */
  readonly scriptHash: string;
  readonly styleHash: string;
  /** The service worker's code. */
  readonly serviceWorker: string;
}

const fileOf = (name: string): string => fileURLToPath(new URL(`../dashboard/${name}`, import.meta.url));

/** A module of PouchDB whose functions `names` throw an error in the page, and the code of those that stay. */
interface UnusedPart {
  readonly filter: RegExp;
  readonly names: readonly string[];
  readonly more?: string;
}

/** Parts of PouchDB that the page does not use, 14 kB. If code calls one of them all the same, it throws an error. */
const UNUSED: readonly UnusedPart[] = [
  // Selects documents on the device. The page's selectors go to the store, which selects by itself.
  { filter: /[\\/]pouchdb-selector-core[\\/]/, names: ['matchesSelector'] },
  // Makes revisions (ids of a document's versions) from contents, and digests of attachments. The page's revisions are
  // random, and the ledger has no attachments.
  { filter: /[\\/]pouchdb-md5[\\/]/, names: ['binaryMd5', 'stringMd5'] },
  // Converts attachments.
  {
    filter: /[\\/]pouchdb-binary-utils[\\/]/,
    names: [
      ...['atob', 'btoa', 'base64StringToBlobOrBuffer', 'binaryStringToBlobOrBuffer', 'blobOrBufferToBase64'],
      ...['blobOrBufferToBinaryString', 'readAsBinaryString'],
    ],
    // PouchDB tries with an empty Blob whether the browser can store one.
    more: 'export const blob = (parts) => new Blob(parts);',
  },
];

/** A module of PouchDB, and its functions that the page does not use. */
interface UnusedFunctions {
  readonly filter: RegExp;
  readonly names: readonly string[];
}

/**
 * Functions of PouchDB that the page does not use, 3 kB by gzip: attachments, comparing revisions with other databases,
 * removing old revisions later, and indexes.
 */
const UNUSED_FUNCTIONS: readonly UnusedFunctions[] = [
  {
    filter: /[\\/]pouchdb-core[\\/]/,
    names: [
      ...['post', 'putAttachment', 'removeAttachment', 'getAttachment', 'remove', 'revsDiff', 'bulkGet', '_purge'],
      ...['compactDocument', 'compact', '_compact', 'registerDependentDatabase', 'defaults', 'finishOpenRevs'],
      ...['transformForceOptionToNewEditsOption', 'attachmentNameError', 'fetch'],
    ],
  },
  {
    filter: /[\\/]pouchdb-adapter-indexeddb[\\/]/,
    names: [
      ...['query', 'viewCleanup', 'getAttachment', 'processAttachment', 'preProcessAttachment', 'revHasAttachment'],
      ...['doCompaction', 'getRevisionTree', 'rawIndexFields', 'naturalIndexName', 'correctIndexFields'],
    ],
  },
];

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onLoad }) {
    // Filters the changes of a database on the device. PouchDB does without this plugin if it is not installed.
    onLoad({ filter: /[\\/]pouchdb-changes-filter[\\/]/ }, () => ({ contents: 'export default () => {};' }));
    for (const { filter, names, more = '' } of UNUSED) {
      const contents = names
        .map((name) => `export const ${name} = () => { throw new Error("The page uses no ${name}."); };`)
        .join('\n');
      onLoad({ filter }, () => ({ contents: `${contents}\n${more}` }));
    }
    for (const { filter, names } of UNUSED_FUNCTIONS) {
      onLoad({ filter }, async ({ path }) => ({ contents: withoutFunctions(await readFile(path, 'utf8'), names) }));
    }
  },
};

/** Builds one file of `dashboard/`, with all that it imports, into one minified text. */
async function bundled(name: string, format: 'iife' | undefined): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileOf(name)],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    ...(format !== undefined && { format }),
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    // PouchDB's events: the file says why.
    alias: { events: fileOf('replica/emitter.ts') },
    plugins: [withoutUnused],
  });
  // Inline code ends at the first `</script` or `</style`, also within a string. The backslash changes no string's
  // value.
  return (outputFiles[0]?.text ?? '').trim().replaceAll(/<\/(script|style)/gi, '<\\/$1');
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

async function buildOnce(): Promise<BuiltDashboard> {
  const [script, style, serviceWorker] = await Promise.all([
    bundled('main.tsx', 'iife'),
    bundled('style.css', undefined),
    bundled('service-worker.ts', 'iife'),
  ]);
  const head =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cascade</title>' +
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">' +
    `<style>${style}</style></head><body><div id="page"></div><script type="application/json" id="configuration">`;
  return {
    html: [head, `</script><script>${script}</script></body></html>`],
    scriptHash: hashOf(script),
    styleHash: hashOf(style),
    serviceWorker,
  };
}

let built: Promise<BuiltDashboard> | undefined;

/**
 * Builds the dashboard's page from `dashboard/`. `buildActions` puts it into the action `dashboard`. The page does not
 * depend on the chains, so a process builds it once.
 */
export function buildDashboard(): Promise<BuiltDashboard> {
  built ??= buildOnce();
  return built;
}
