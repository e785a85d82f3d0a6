import { createHash } from 'node:crypto';

const DEFAULT_REGISTRY = 'docker.io';

/** The whole name of an image, as runtimes report it: registry, path and tag. */
export function normalizedImage(image: string): string {
  const [name = '', digest] = image.split('@');
  const first = name.split('/')[0] ?? '';
  const hasRegistry = name.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost');
  const path = hasRegistry ? name : `${DEFAULT_REGISTRY}/${name.includes('/') ? name : `library/${name}`}`;
  if (digest !== undefined) return `${path}@${digest}`;
  return path.lastIndexOf(':') > path.lastIndexOf('/') ? path : `${path}:latest`;
}

/** What stands for the content of an image: always the same for the same name. */
export function imageId(image: string): string {
  const whole = normalizedImage(image);
  if (whole.includes('@')) return whole;
  const path = whole.slice(0, whole.lastIndexOf(':'));
  return `${path}@sha256:${createHash('sha256').update(whole).digest('hex')}`;
}
