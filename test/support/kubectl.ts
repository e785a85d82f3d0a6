import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clientBinary } from './client-binaries.ts';
import { runClient, startClient, type ClientOptions, type ClientResult, type RunningClient } from './client-process.ts';
import { shellWords } from './shell-words.ts';

/** Arguments as a list, or as a line that is split as a shell would (see {@link shellWords}). */
export type Arguments = string | readonly string[];

/** Runs kubectl against the cluster of a kubeconfig file. `HOME` is where the kubeconfig lies unless `env` says so. */
export async function kubectl(kubeconfig: string, args: Arguments, options: ClientOptions = {}): Promise<ClientResult> {
  return runClient(await clientBinary('kubectl'), words(args), withKubeconfig(kubeconfig, options));
}

/** Someone at a shell: a kubeconfig that names a namespace, and a home folder with the discovery cache. */
export interface KubectlUser {
  readonly namespace: string;
  readonly kubeconfig: string;
  /** The home folder, which is also where commands run. */
  readonly home: string;
  /** What the command printed; fails when the command does. */
  kubectl(args: Arguments, options?: ClientOptions): Promise<string>;
  /** What the command said when it failed (stdout before stderr); fails when it does not. */
  fails(args: Arguments, options?: ClientOptions): Promise<string>;
  run(args: Arguments, options?: ClientOptions): Promise<ClientResult>;
  start(args: Arguments, options?: ClientOptions): Promise<RunningClient>;
  /** The object as the server gives it. */
  object(resource: string, name: string): Promise<Record<string, unknown>>;
  /** Writes a file into the home folder; its path relative to it is `name`. */
  file(name: string, content: string): Promise<void>;
}

export async function kubectlUser(options: { kubeconfig: string; home: string; namespace: string }): Promise<KubectlUser> {
  const { home, namespace } = options;
  await mkdir(home, { recursive: true });
  const kubeconfig = join(home, 'kubeconfig');
  await copyFile(options.kubeconfig, kubeconfig);
  const binary = await clientBinary('kubectl');
  const prepared = (given: ClientOptions = {}): ClientOptions => withKubeconfig(kubeconfig, { cwd: home, ...given });
  const run = (args: Arguments, given?: ClientOptions): Promise<ClientResult> => runClient(binary, words(args), prepared(given));
  const succeed = async (args: Arguments, given?: ClientOptions): Promise<string> => {
    const result = await run(args, given);
    if (result.code !== 0) throw new Error(`kubectl ${words(args).join(' ')}: exit code ${result.code}\n${result.stderr}${result.stdout}`);
    return result.stdout;
  };
  const user: KubectlUser = {
    namespace,
    kubeconfig,
    home,
    run,
    kubectl: succeed,
    fails: async (args, given) => {
      const result = await run(args, given);
      if (result.code === 0) throw new Error(`kubectl ${words(args).join(' ')} succeeded:\n${result.stdout}${result.stderr}`);
      return result.stdout + result.stderr;
    },
    start: async (args, given) => startClient(binary, words(args), prepared(given)),
    object: async (resource, name) => JSON.parse(await succeed(['get', resource, name, '-o', 'json', '--show-managed-fields'])) as Record<string, unknown>,
    file: async (name, content) => {
      await mkdir(dirname(join(home, name)), { recursive: true });
      await writeFile(join(home, name), content);
    },
  };
  if (namespace !== 'default') await succeed(['config', 'set-context', '--current', `--namespace=${namespace}`]);
  return user;
}

function words(args: Arguments): readonly string[] {
  return typeof args === 'string' ? shellWords(args) : args;
}

function withKubeconfig(kubeconfig: string, options: ClientOptions): ClientOptions {
  return { ...options, env: { HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig, ...options.env } };
}
