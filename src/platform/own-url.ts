/** What an action knows about the address at which it was called. */
export interface OwnAddress {
  /** `x-forwarded-proto`, `x-forwarded-host` and `host` of the request. */
  readonly forwardedProto?: string | undefined;
  readonly forwardedHost?: string | undefined;
  readonly host?: string | undefined;
  /** OpenWhisk's own address, from `__OW_API_HOST`; without a scheme it is https. */
  readonly apiHost: string;
  /** `/namespace/package/action`, or `/namespace/action`. */
  readonly actionName: string;
}

/** Such as `faas.example.com:8443` or `10.0.0.7`. */
const NAME_OR_IPV4 = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:\d{1,5})?$/i;
/** Such as `[fd00::1]:3233`. */
const IPV6 = /^\[[0-9a-f:.]{2,45}\](:\d{1,5})?$/i;

/**
 * The absolute URL at which a caller reaches a web action, without query. The action `chains` needs it for the links in
 * its answers, and the action notifier for links to the dashboard.
 *
 * Scheme and host come from the request's headers, because OpenWhisk may be behind a proxy with another name. Each of
 * the two comes from `apiHost` if no header has a valid one.
 */
export function ownUrl({ forwardedProto, forwardedHost, host, apiHost, actionName }: OwnAddress): string {
  const own = new URL(/^https?:\/\//i.test(apiHost) ? apiHost : `https://${apiHost || 'localhost'}`);
  const scheme = [firstOf(forwardedProto)].find((proto) => proto === 'http' || proto === 'https');
  const authority = [firstOf(forwardedHost), host].find(isHost);
  return `${scheme ?? own.protocol.slice(0, -1)}://${authority ?? own.host}${webPath(actionName)}`;
}

/**
 * A proxy appends its entry to an `x-forwarded-…` header. So the first entry is from the proxy nearest to the caller.
 */
const firstOf = (list: string | undefined): string | undefined => list?.split(',')[0]?.trim().toLowerCase();

/** Whether a header's text is a host that can stand in a URL. Names of hosts are not longer than 255 characters. */
const isHost = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= 255 &&
  (NAME_OR_IPV4.test(text) || IPV6.test(text)) &&
  URL.canParse(`http://${text}`);

/** An action that is in no package has `default` in place of the package in its web URL. */
function webPath(actionName: string): string {
  const parts = actionName.split('/').filter((part) => part !== '');
  const named = parts.length === 2 ? [parts[0] ?? '', 'default', parts[1] ?? ''] : parts;
  return `/api/v1/web/${named.map(encodeURIComponent).join('/')}`;
}
