const DOMAIN = /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const IDENTIFIER = /^[a-f0-9]{64}$/;
const MAX_NAME_LENGTH = 255;

/**
 * The tag an image reference asks for: `latest` when it names neither tag nor digest, '' when it names only a digest or
 * is no valid reference at all.
 */
export function imageTag(image: string): string {
  if (IDENTIFIER.test(image)) return '';
  let rest = image;
  const at = rest.indexOf('@');
  const digest = at < 0 ? undefined : rest.slice(at + 1);
  if (at >= 0) rest = rest.slice(0, at);
  if (digest !== undefined && !DIGEST.test(digest)) return '';

  const colon = rest.lastIndexOf(':');
  const hasTag = colon > rest.lastIndexOf('/');
  const tag = hasTag ? rest.slice(colon + 1) : undefined;
  if (hasTag) rest = rest.slice(0, colon);
  if (tag !== undefined && !TAG.test(tag)) return '';
  if (!isName(rest)) return '';
  if (tag !== undefined) return tag;
  return digest === undefined ? 'latest' : '';
}

function isName(name: string): boolean {
  if (name.length > MAX_NAME_LENGTH) return false;
  const components = name.split('/');
  const first = components[0] ?? '';
  if (components.length > 1 && looksLikeDomain(first)) {
    if (!DOMAIN.test(first)) return false;
    components.shift();
  }
  return components.every((component) => PATH_COMPONENT.test(component));
}

/** Otherwise the first component belongs to the path, on the default registry. */
function looksLikeDomain(component: string): boolean {
  return component.includes('.') || component.includes(':') || component === 'localhost' || component.toLowerCase() !== component;
}

/** Images without a fixed tag are pulled every time. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent';
}
