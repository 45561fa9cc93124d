/**
 * Whether a URL's host is this machine: 127.0.0.0/8, ::1 or localhost. Nobody on the way can read such a connection, so
 * deployment and commands accept plain http there.
 */
export const isLoopback = ({ hostname }: { readonly hostname: string }): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
