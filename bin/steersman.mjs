#!/usr/bin/env node
// Plain JavaScript that any Node understands: it says in one line what to do when Node is too old for the rest.
import { readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`steersman: Node.js 24 or newer is needed, this is ${process.version}: run it with "npx -p node@24 steersman …" or "npm start" in its folder`);
  process.exit(1);
}
module.enableCompileCache?.();
// Node writes the cache when the process ends in good order; a server that is killed should start warm, too.
setTimeout(() => module.flushCompileCache?.(), 5000).unref();
const { main } = await import(built('../dist/main.js') ?? new URL('../src/cli/main.ts', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2), { env: process.env, cwd: process.cwd(), stdout: process.stdout, stderr: process.stderr });

/** The built program, unless there is none or one of the sources it was made of is newer or gone. */
function built(file) {
  try {
    const folder = fileURLToPath(new URL('../dist', import.meta.url));
    const { mtimeMs } = statSync(`${folder}/sources.json`);
    for (const source of JSON.parse(readFileSync(`${folder}/sources.json`, 'utf8'))) if (statSync(`${folder}/${source}`).mtimeMs > mtimeMs) return undefined;
    return new URL(file, import.meta.url).href;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
