'use strict';
const { readdirSync } = require('node:fs');
const path = require('node:path');

/**
 * Parameters whose value is the name of a file of resources/: `${file(packaging/choices.cjs):pipeline}` gives the value, or
 * says what there is to choose from.
 */
const FOLDERS = {
  pipeline: 'lake',
  encryption: 'encryption',
  source: 'source',
  destination: 'destinations',
  streamMode: 'stream',
  fanOut: 'fan-out',
  tracing: 'tracing',
  keepData: 'keep',
};

/** Files that are parts of others. */
const PARTS = ['lake/logs', 'destinations/role'];

function known(folder) {
  const files = readdirSync(path.join(__dirname, '..', 'resources', folder)).sort();
  return files.map((file) => path.basename(file, '.yml')).filter((name) => !PARTS.includes(`${folder}/${name}`));
}

for (const [parameter, folder] of Object.entries(FOLDERS)) {
  module.exports[parameter] = async ({ resolveVariable }) => {
    const value = String(await resolveVariable(`param:${parameter}`));
    const names = known(folder);
    if (names.includes(value)) return value;
    const message = `--param=${parameter}=${value}: there is no such choice. Known: ${names.join(', ')}`;
    // The framework shows a stack where there is one.
    throw Object.assign(new Error(message), { stack: message });
  };
}
