/** Calls a simulated tenant's control interface, and its API with a key. */
export interface Control {
  call(method: string, path: string, body?: unknown): Promise<Response>;
}

/** @returns calls to the tenant at `url` with its API key; each rejects if the answer is an error. */
export function controlOf({ url, apiKey }: { readonly url: string; readonly apiKey: string }): Control {
  return {
    async call(method, path, body) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      const response = await fetch(`${url}${path}`, init);
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return response;
    },
  };
}
