'use strict';

/** The environment variables that a pipeline's source names as its keys: `secret('MASK_KEY')`, `kmsKey('MASK_KMS_KEY')`. */
function settingsOf(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const names = [...code.matchAll(/\b(?:secret|kmsKey)\(\s*(['"`])(\w+)\1\s*\)/g)].map(([, , name]) => name);
  return [...new Set(names)];
}

module.exports = { settingsOf };
