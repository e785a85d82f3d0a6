import { readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeconfigError, mergeKubeconfigs, parseKubeconfig, type Kubeconfig } from './kubeconfig.ts';

/**
 * The files that kubectl would read: those of `--kubeconfig` alone; or those that KUBECONFIG lists; or the one in the home
 * folder. The caller reads flags and environment.
 */
export function kubeconfigFiles(options: { readonly flag?: string; readonly kubeconfigVariable?: string; readonly homeFolder: string }): { readonly files: readonly string[]; readonly mustExist: boolean } {
  const { flag, kubeconfigVariable, homeFolder } = options;
  if (flag !== undefined && flag !== '') return { files: [flag], mustExist: true };
  const listed = (kubeconfigVariable ?? '').split(delimiter).filter((file) => file !== '');
  return { files: listed.length > 0 ? [...new Set(listed)] : [join(homeFolder, '.kube', 'config')], mustExist: false };
}

/** Reads and merges the files; those that do not exist are left out unless they must. Throws KubeconfigError. */
export function loadKubeconfig(files: readonly string[], options: { readonly mustExist?: boolean } = {}): Kubeconfig {
  const configs: Kubeconfig[] = [];
  for (const file of files) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' && options.mustExist !== true) continue;
      throw new KubeconfigError(code === 'ENOENT' ? `stat ${file}: no such file or directory` : `error loading config file "${file}": ${(error as Error).message}`, { cause: error });
    }
    configs.push(parseKubeconfig(text, { file, folder: dirname(resolve(file)) }));
  }
  return mergeKubeconfigs(configs);
}
