// The layers of the house, lowest first. A folder may import itself and what stands in its list; see docs/architecture.md.
const layers = {
  machinery: [],
  cel: [],
  schema: ['machinery', 'cel'],
  api: ['machinery', 'schema'],
  store: ['machinery'],
  client: ['machinery', 'api'],
  runtime: ['client', 'machinery', 'api'],
  server: ['machinery', 'cel', 'schema', 'api', 'store'],
  extensions: ['machinery', 'cel', 'schema', 'api', 'store', 'server'],
  controllers: ['client', 'runtime', 'api', 'machinery'],
  scheduler: ['client', 'runtime', 'api', 'machinery'],
  node: ['client', 'runtime', 'api', 'machinery'],
  sdk: ['machinery', 'cel', 'schema', 'api', 'store', 'server', 'extensions', 'client', 'runtime', 'controllers', 'scheduler', 'node'],
};

// Tests may reach further down the tree than the code they test, and they are not part of the house's walls.
const tests = '\\.(test|contract)\\.ts$';

const layerRules = Object.entries(layers).map(([name, below]) => ({
  name: `${name}-imports-down`,
  comment: `src/${name} may import ${below.length === 0 ? 'nothing of ours' : below.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${name}/`, pathNot: tests },
  to: { path: '^src/', pathNot: `^src/(${[name, ...below].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-client-node-in-src', comment: 'too slow to load; its type files are read as text', severity: 'error', from: { path: '^src/', pathNot: tests }, to: { path: 'node_modules/@kubernetes/client-node' } },
    { name: 'no-dev-dependency-in-src', severity: 'error', from: { path: '^src/', pathNot: tests }, to: { dependencyTypes: ['npm-dev'] } },
  ],
  options: { parser: 'swc', doNotFollow: { path: 'node_modules' } },
};
