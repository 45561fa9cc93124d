/** The annotations of a web action that gets the raw body. */
export const RAW_WEB = { 'web-export': true, 'raw-http': true };

/** Parameters or annotations in the form of OpenWhisk's documents. */
export const entries = (map: Readonly<Record<string, unknown>>): object[] =>
  Object.entries(map).map(([key, value]) => ({ key, value }));

/** The `authorization` header of a namespace's key. */
export const basic = (auth: string): string => `Basic ${Buffer.from(auth).toString('base64')}`;
