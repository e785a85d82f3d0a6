// Joins src/ into few files under dist/, from which `steersman` starts in half the time: finding and reading 450 modules
// costs more than all that they do at the start. Run by `npm ci` in a checkout, and before publishing.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type Plugin } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = path.join(root, 'dist');

/** What a module reads beside itself stays where it is, under src/. */
const ownPlace: Plugin = {
  name: 'own-place',
  transform: {
    filter: { code: 'import.meta.url' },
    handler: (code, id) => code.replaceAll('import.meta.url', `new URL(${JSON.stringify(path.relative(dist, id))}, import.meta.url).href`),
  },
};

const bundle = await rolldown({
  input: {
    main: path.join(root, 'src/cli/main.ts'),
    cel: path.join(root, 'src/sdk/cel/index.ts'),
    scheduler: path.join(root, 'src/sdk/scheduler/index.ts'),
    testing: path.join(root, 'src/sdk/testing/index.ts'),
    webhooks: path.join(root, 'src/sdk/webhooks/index.ts'),
  },
  platform: 'node',
  external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
  plugins: [ownPlace],
});
// Declarations of types, which publishing adds, stay.
mkdirSync(dist, { recursive: true });
for (const file of readdirSync(dist)) if (/\.(js|json)$/.test(file)) rmSync(path.join(dist, file));
const { output } = await bundle.write({ dir: dist, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' });
await bundle.close();

const sources = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : [])).filter((id) => path.isAbsolute(id));
// What bin/steersman.mjs compares with, to run the sources themselves once one of them is newer.
writeFileSync(path.join(dist, 'sources.json'), JSON.stringify(sources.map((id) => path.relative(dist, id)).toSorted()));
const bytes = output.reduce((sum, { fileName }) => sum + statSync(path.join(dist, fileName)).size, 0);
process.stdout.write(`dist: ${output.length} files, ${Math.round(bytes / 1024)} KiB, of ${sources.length} modules\n`);
