/** True for what Go's url.ParseRequestURI accepts: an absolute URI, or a path that begins with a slash. */
export function isRequestUri(text: string): boolean {
  if (text === '' || hasControlCharacter(text)) return false;
  if (text === '*') return true;
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  if (text.startsWith(':')) return false;
  if (!rest.startsWith('/')) return scheme !== '';
  if (scheme !== '' && rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    const authority = (end < 0 ? rest.slice(2) : rest.slice(2, end)).split('?')[0] ?? '';
    if (!isAuthority(authority)) return false;
    return hasSoundEscapes(pathOf(end < 0 ? '' : rest.slice(end)));
  }
  return hasSoundEscapes(pathOf(rest));
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function pathOf(text: string): string {
  return text.split('?')[0] ?? '';
}

function hasSoundEscapes(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text);
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  if (at >= 0 && !/^[A-Za-z0-9\-._~!$&'()*+,;=:%@]*$/.test(authority.slice(0, at))) return false;
  const host = authority.slice(at + 1);
  if (host.startsWith('[')) return /^\[[0-9a-fA-F:.]+(?:%25[^\]]+)?\](?::\d*)?$/.test(host);
  if (/[ "<>\\^`{|}#[\]]/.test(host) || !hasSoundEscapes(host)) return false;
  const colon = host.indexOf(':');
  return colon < 0 || /^\d*$/.test(host.slice(colon + 1));
}
