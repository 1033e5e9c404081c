/** The arrows of the design: launch -> bridge, sim -> policy. Each npm package has one home. */
const home = (name, pattern, where) => ({
  name,
  severity: 'error',
  from: { pathNot: where },
  to: { path: pattern },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'policy-imports-no-other-folder',
      severity: 'error',
      from: { path: '^policy/' },
      to: { path: '^(sim|bridge|launch)/' },
    },
    {
      name: 'sim-does-not-import-launch',
      severity: 'error',
      from: { path: '^sim/' },
      to: { path: '^launch/' },
    },
    {
      name: 'sim-uses-bridge-as-types-only',
      severity: 'error',
      from: { path: '^sim/' },
      to: { path: '^bridge/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-robot-node-sees-the-bridge',
      severity: 'error',
      from: { path: '^sim/', pathNot: '^sim/robot/' },
      to: { path: '^bridge/' },
    },
    {
      name: 'bridge-does-not-import-sim-or-launch',
      severity: 'error',
      from: { path: '^bridge/' },
      to: { path: '^(sim|launch)/' },
    },
    {
      // The build script of the kernel is no part of the policy: it reads and writes files.
      name: 'policy-does-no-input-output',
      severity: 'error',
      from: { path: '^policy/', pathNot: '^policy/kernel/build[.]mjs$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    home('rapier-lives-in-sim', 'node_modules/@dimforge', '^sim/'),
    home('yargs-lives-in-launch', 'node_modules/yargs', '^launch/'),
    home(
      'yaml-is-read-as-parameters-and-scenarios',
      'node_modules/yaml/',
      '^(bridge/parameters/|launch/scenario-file[.]ts$)',
    ),
    home('ml-matrix-lives-in-sim-experiment', 'node_modules/ml-matrix/', '^sim/experiment/'),
    home('pbf-lives-in-policy-onnx', 'node_modules/pbf', '^policy/onnx/'),
    home('three-lives-in-bridge-console', 'node_modules/(three|@types/three)/', '^bridge/console/'),
    home('uplot-lives-in-bridge-console', 'node_modules/uplot/', '^bridge/console/'),
    {
      name: 'the-console-is-a-page-and-no-part-of-the-node',
      severity: 'error',
      from: { pathNot: '^bridge/console/' },
      to: { path: '^bridge/console/' },
    },
    home('ws-lives-in-bridge-websocket', 'node_modules/ws/', '^bridge/websocket/'),
    home('foxglove-schemas-live-in-bridge-websocket', 'node_modules/@foxglove/schemas', '^bridge/websocket/'),
    home('mcap-lives-in-bridge-recording', 'node_modules/@mcap/', '^bridge/recording/'),
    home('cdr-lives-in-ros2-messages', 'node_modules/@foxglove/cdr', '^bridge/ros2/messages/'),
    home('mqtt-lives-in-bridge-mqtt', 'node_modules/mqtt/', '^bridge/mqtt/'),
    home(
      'plots-live-in-the-report',
      'node_modules/(@observablehq/plot|linkedom|fast-png)/',
      '^sim/experiment/report/',
    ),
    home(
      'inference-engines-live-in-policy-model',
      'node_modules/(onnxruntime-|@tensorflow/)',
      '^policy/model/',
    ),
    {
      // An optional peer is also reported as undeclared ('npm-no-pkg'), whence the exception.
      name: 'no-undeclared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-development-packages-at-run-time',
      severity: 'error',
      // The console is built, with all that it imports, before it is shipped.
      from: { pathNot: '^(policy/kernel/build[.]mjs$|bridge/console/)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^policy/kernel/assembly/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
