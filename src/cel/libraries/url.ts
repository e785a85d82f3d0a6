import { fail, noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { opaque, typeOf } from '../types.ts';
import type { CelType } from '../types.ts';
import { CelList, CelTypeValue, LiteralMap } from '../values.ts';
import type { CelValue, MapKey, OpaqueValue } from '../values.ts';

const URL_TYPE = opaque('kubernetes.URL');

interface Parts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

class UrlValue implements OpaqueValue {
  readonly celType: CelType = URL_TYPE;
  readonly parts: Parts;
  readonly text: string;
  constructor(text: string, parts: Parts) {
    this.text = text;
    this.parts = parts;
  }
  equals(other: OpaqueValue): boolean {
    return other instanceof UrlValue && other.text === this.text;
  }
}

/** What Go's ParseRequestURI makes of a text: an absolute URI or an absolute path; otherwise what is wrong with it. */
export function parseRequestUri(text: string): Parts | { readonly error: string } {
  const wrong = (why: string): { readonly error: string } => ({ error: `parse ${JSON.stringify(text)}: ${why}` });
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) return wrong('net/url: invalid control character in URL');
  if (text === '') return wrong('empty url');
  if (text === '*') return { scheme: '', host: '', path: '*', query: '' };
  if (text.startsWith(':')) return wrong('missing protocol scheme');
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? '';
  const [rest = '', ...queries] = text.slice(scheme === '' ? 0 : scheme.length + 1).split('?');
  const query = queries.join('?');
  if (!rest.startsWith('/')) {
    return scheme === '' ? wrong('invalid URI for request') : { scheme: scheme.toLowerCase(), host: '', path: '', query };
  }
  let path = rest;
  let host = '';
  if (scheme !== '' && rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    const authority = rest.slice(2, end < 0 ? undefined : end);
    path = end < 0 ? '' : rest.slice(end);
    host = authority.slice(authority.lastIndexOf('@') + 1);
    const problem = hostProblem(host);
    if (problem !== undefined) return wrong(problem);
  }
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(path);
  if (escape !== null) return wrong(`invalid URL escape ${JSON.stringify(escape[0])}`);
  return { scheme: scheme.toLowerCase(), host, path, query };
}

function hostProblem(host: string): string | undefined {
  let port = '';
  if (host.startsWith('[')) {
    const end = host.lastIndexOf(']');
    if (end < 0) return "missing ']' in host";
    port = host.slice(end + 1);
  } else if (host.includes(':')) {
    port = host.slice(host.lastIndexOf(':'));
  }
  if (port !== '' && !/^:\d*$/.test(port)) return `invalid port ${JSON.stringify(port)} after host`;
  const bad = /[ "<>\\^`{|}]/.exec(host);
  return bad === null ? undefined : `invalid character ${JSON.stringify(bad[0])} in host name`;
}

function hostname(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  const colon = host.lastIndexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}

/** As it was written if that is a valid escaping, and escaped otherwise. */
function escapedPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~!$&'()*+,;=:@/%[\]]/gu, (char) => encodeURIComponent(char));
}

function unescapeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function queryMap(query: string): LiteralMap {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const key = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const value = unescapeQuery(equals < 0 ? '' : pair.slice(equals + 1));
    if (key === undefined || value === undefined) continue;
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  return new LiteralMap(new Map<MapKey, readonly [CelValue, CelValue]>([...values].map(([key, list]) => [key, [key, new CelList(list)]])));
}

const part = (read: (parts: Parts) => CelValue): Implementation => (url) => (url instanceof UrlValue ? read(url.parts) : noSuchOverload());

const port = (host: string): string => {
  const at = host.startsWith('[') ? host.lastIndexOf(']') : -1;
  const colon = host.lastIndexOf(':');
  return colon > at ? host.slice(colon + 1) : '';
};

/** Kubernetes' URLs. */
export const url: Library = {
  name: 'kubernetes.url',
  constants: [{ name: URL_TYPE.name, type: typeOf(URL_TYPE), value: new CelTypeValue(URL_TYPE) }],
  functions: [
    declare(
      'url',
      overload('string_to_url', '(string) -> kubernetes.URL', (text) => {
        if (typeof text !== 'string') return noSuchOverload();
        const parts = parseRequestUri(text);
        return 'error' in parts ? fail(`URL parse error during conversion from string: ${parts.error}`) : new UrlValue(text, parts);
      }),
    ),
    declare('isURL', overload('is_url_string', '(string) -> bool', (text) => (typeof text === 'string' ? !('error' in parseRequestUri(text)) : noSuchOverload()))),
    declare('getScheme', overload('url_get_scheme', 'kubernetes.URL . () -> string', part((u) => u.scheme))),
    declare('getHost', overload('url_get_host', 'kubernetes.URL . () -> string', part((u) => u.host))),
    declare('getHostname', overload('url_get_hostname', 'kubernetes.URL . () -> string', part((u) => hostname(u.host)))),
    declare('getPort', overload('url_get_port', 'kubernetes.URL . () -> string', part((u) => port(u.host)))),
    declare('getEscapedPath', overload('url_get_escaped_path', 'kubernetes.URL . () -> string', part((u) => escapedPath(u.path)))),
    declare('getQuery', overload('url_get_query', 'kubernetes.URL . () -> map(string, list(string))', part((u) => queryMap(u.query)))),
  ],
};
