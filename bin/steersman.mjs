#!/usr/bin/env node
// Plain JavaScript that any Node understands: it says in one line what to do when Node is too old for the rest.
import { existsSync, readFileSync, statSync } from 'node:fs';
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
const { main } = await import(new URL(runsBuilt() ? '../dist/main.js' : '../src/cli/main.ts', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2), { env: process.env, cwd: process.cwd(), stdout: process.stdout, stderr: process.stderr });

/** The published package has nothing else; a checkout runs its sources as soon as one is newer than the build, or gone. */
function runsBuilt() {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  if (!existsSync(`${folder}src/cli/main.ts`)) return true;
  try {
    const { mtimeMs } = statSync(`${folder}dist/sources.json`);
    return JSON.parse(readFileSync(`${folder}dist/sources.json`, 'utf8')).every((source) => statSync(`${folder}dist/${source}`).mtimeMs <= mtimeMs);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
