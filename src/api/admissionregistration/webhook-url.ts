import { fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { quoteGo } from '../../machinery/go-format.ts';
import { isRequestUri } from '../../schema/request-uri.ts';
import type { Findings } from '../pod-template/findings.ts';

const FORM = '; desired format: https://host[/path]';

/** Where a webhook is called: nothing but scheme, host and path. */
export function checkWebhookUrl(findings: Findings, url: string, path: FieldPath): void {
  const fragmentAt = url.indexOf('#');
  const fragment = fragmentAt < 0 ? '' : url.slice(fragmentAt + 1);
  const beforeFragment = fragmentAt < 0 ? url : url.slice(0, fragmentAt);
  if (!isReadable(beforeFragment)) {
    findings.push(fieldRequired(path, `url must be a valid URL: parse ${quoteGo(url)}: ${problemOf(beforeFragment)}${FORM}`));
    return;
  }
  const { scheme, host, userInfo, query } = partsOf(beforeFragment);
  if (scheme !== 'https') findings.push(fieldInvalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (host === '') findings.push(fieldInvalid(path, host, `host must be specified${FORM}`));
  if (userInfo !== undefined) findings.push(fieldInvalid(path, userInfo, 'user information is not permitted in the URL'));
  if (fragment !== '') findings.push(fieldInvalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') findings.push(fieldInvalid(path, query, 'query parameters are not permitted in the URL'));
}

/** A reference may also be relative: `hooks.example.com/x` parses, as a path without scheme and host. */
function isReadable(text: string): boolean {
  if (text === '' || isRequestUri(text)) return true;
  return !hasScheme(text) && !text.split('/', 1)[0]?.includes(':') && isRequestUri(`/${text}`);
}

function problemOf(text: string): string {
  if (text.startsWith(':')) return 'missing protocol scheme';
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text);
  if (escape !== null) return `invalid URL escape ${quoteGo(escape[0])}`;
  if (!hasScheme(text) && text.split('/', 1)[0]?.includes(':')) return 'first path segment in URL cannot contain colon';
  const port = /:([^:/\]]*)$/.exec(authorityOf(text))?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return `invalid port ${quoteGo(`:${port}`)} after host`;
  const bad = [...authorityOf(text)].find((char) => /[\s"<>\\^`{|}]/.test(char));
  if (bad !== undefined) return `invalid character ${quoteGo(bad)} in host name`;
  return 'net/url: invalid control character in URL';
}

function hasScheme(text: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text);
}

function authorityOf(text: string): string {
  return /^(?:[^:/?#]+:)?\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
}

function partsOf(text: string): { readonly scheme: string; readonly host: string; readonly userInfo: string | undefined; readonly query: string } {
  const colon = hasScheme(text) ? text.indexOf(':') : -1;
  const authority = authorityOf(text);
  const at = authority.lastIndexOf('@');
  const question = text.indexOf('?');
  return {
    scheme: colon < 0 ? '' : text.slice(0, colon).toLowerCase(),
    host: authority.slice(at + 1),
    userInfo: at < 0 ? undefined : authority.slice(0, at),
    query: question < 0 ? '' : text.slice(question + 1),
  };
}
