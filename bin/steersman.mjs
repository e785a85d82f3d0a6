#!/usr/bin/env node
// Plain JavaScript that any Node understands: it says in one line what to do when Node is too old for the rest.
import { existsSync } from 'node:fs';
import module from 'node:module';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`steersman: Node.js 24 or newer is needed, this is ${process.version}: run it with "npx -p node@24 steersman …" or "npm start" in its folder`);
  process.exit(1);
}
module.enableCompileCache?.();
// Node writes the cache when the process ends in good order; a server that is killed should start warm, too.
setTimeout(() => module.flushCompileCache?.(), 5000).unref();
// The published package brings its build; a checkout runs its source as it is.
const built = new URL('../dist/cli/main.js', import.meta.url);
const { main } = await import(existsSync(built) ? built.href : new URL('../src/cli/main.ts', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2), { env: process.env, cwd: process.cwd(), stdout: process.stdout, stderr: process.stderr });
