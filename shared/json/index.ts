export * as classes from './classes.ts';
export { JsonDocument } from './document.ts';
export { KEY_IDS } from './keys.ts';
export { type CompiledSelector, compilePath, keyInPath, selectorOf } from './path.ts';
export { readDocument, readDocuments, readSingle } from './read.ts';
export { type Edit, editsOf } from './render.ts';
export { MAX_NESTING, MAX_VALUES } from './scanner.ts';
export { decodeNumber, decodeString, decodeStringContent, encodeString } from './strings.ts';
export { createTape, rewind, type Tape } from './tape.ts';
