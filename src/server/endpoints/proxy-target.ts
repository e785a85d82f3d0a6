/** `name`, `name:port` or `scheme:name:port`, as `proxy` paths name what they lead to. */
export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  /** A number or a name; '' when it is not said. */
  readonly port: string;
}

/** Undefined for what is none of the three forms. */
export function parseProxyTarget(id: string): ProxyTarget | undefined {
  const parts = id.split(':');
  if (parts.length > 3) return undefined;
  const [scheme, name, port] = parts.length === 3 ? parts : ['http', parts[0], parts[1] ?? ''];
  if (scheme !== '' && scheme !== 'http' && scheme !== 'https') return undefined;
  if (!name) return undefined;
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port: port ?? '' };
}

/** What stands behind `…/proxy` in a request's path, with its escapes; '' when not even a slash does. */
export function proxiedPath(path: string, segmentsBefore: number): string {
  let at = 0;
  for (let i = 0; i < segmentsBefore; i++) {
    while (path[at] === '/') at++;
    const next = path.indexOf('/', at);
    if (next < 0) return '';
    at = next;
  }
  return path.slice(at);
}
