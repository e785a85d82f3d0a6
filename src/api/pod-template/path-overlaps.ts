import type { KeyToPath, Volume, VolumeProjection } from './shapes.ts';

interface SourcedPath {
  readonly path: string;
  /** '' where all paths of the volume come from one source. */
  readonly source: string;
}

/** Warnings about files of one volume that hide each other. */
export function overlappingPathWarnings(volumes: readonly Volume[] | undefined): string[] {
  return (volumes ?? []).flatMap((volume) => {
    const name = JSON.stringify(volume.name ?? '');
    const { configMap, secret, downwardAPI, projected } = volume;
    const warnings: string[] = [];
    const report = (description: string, paths: readonly SourcedPath[]): void => {
      for (const text of overlaps([], paths)) warnings.push(`volume ${name} (${description}): overlapping paths: ${text}`);
    };
    if (configMap?.items !== undefined) report(`ConfigMap ${JSON.stringify(configMap.name ?? '')}`, itemPaths(configMap.items, ''));
    if (secret?.items !== undefined) report(`Secret ${JSON.stringify(secret.secretName ?? '')}`, itemPaths(secret.items, ''));
    if (downwardAPI?.items !== undefined) report('DownwardAPI', itemPaths(downwardAPI.items, ''));
    const known: SourcedPath[] = [];
    for (const source of projected?.sources ?? []) {
      if (Object.values(source).every((value) => value === undefined)) {
        warnings.push(`volume ${name} (Projected) has no sources provided`);
        continue;
      }
      for (const text of overlaps(known, projectionPaths(source))) warnings.push(`volume ${name} (Projected): overlapping paths: ${text}`);
    }
    return warnings;
  });
}

function itemPaths(items: readonly Pick<KeyToPath, 'path'>[], source: string): SourcedPath[] {
  return items.map((item) => ({ path: item.path ?? '', source }));
}

function projectionPaths(source: VolumeProjection): SourcedPath[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle } = source;
  if (configMap?.items !== undefined) return itemPaths(configMap.items, `ConfigMap ${JSON.stringify(configMap.name ?? '')}`);
  if (secret?.items !== undefined) return itemPaths(secret.items, `Secret ${JSON.stringify(secret.name ?? '')}`);
  if (downwardAPI !== undefined) return itemPaths(downwardAPI.items ?? [], 'DownwardAPI');
  if (serviceAccountToken !== undefined) return [{ path: serviceAccountToken.path ?? '', source: 'ServiceAccountToken' }];
  if (clusterTrustBundle !== undefined) {
    const name = clusterTrustBundle.name ?? clusterTrustBundle.signerName ?? '';
    return [{ path: clusterTrustBundle.path ?? '', source: `ClusterTrustBundle ${JSON.stringify(name)}` }];
  }
  return [];
}

/** Compares each path with those before it, and adds it to `known`. */
function overlaps(known: SourcedPath[], paths: readonly SourcedPath[]): string[] {
  const texts: string[] = [];
  for (const { path, source } of paths) {
    const own = { path: path.replace(/\/+$/, ''), source };
    for (const other of known) if (coincide(own.path, other.path)) texts.push(`${show(own)} with ${show(other)}`);
    known.push(own);
  }
  return texts;
}

function coincide(a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
}

function show({ path, source }: SourcedPath): string {
  return source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`;
}
