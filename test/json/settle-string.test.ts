import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTape, JsonDocument, memo, readDocument, selectorOf } from '../../shared/json/index.ts';

function read(text: string): JsonDocument {
  const document = readDocument(text, createTape());
  if (!(document instanceof JsonDocument)) throw new TypeError('not a document');
  return document;
}

const veil = (json: string) => `"*${json.length}"`;

/** Masks the way that is always right: every string at the path that is not empty, and not dealt with before. */
function settleEach(document: JsonDocument, path: string): void {
  document.each(selectorOf(path), (node) => {
    if (!node.settled && node.kind === 'string' && node.json !== '""') node.settle(veil(node.json));
  });
}

describe('settling the one string at a path', () => {
  it.each([
    ['{"a":{"b":"x"},"c":1}', 'a.b', true, '{"a":{"b":"*3"},"c":1}'],
    ['{"a":{"c":"x"}}', 'a.b', true, '{"a":{"c":"x"}}'],
    ['{"b":"x"}', 'a.b', true, '{"b":"x"}'],
    ['{"a":"x","a":"y"}', 'a', false, '{"a":"x","a":"y"}'],
    ['{"a":{"b":1}}', 'a.b', false, '{"a":{"b":1}}'],
    ['{"a":{"b":""}}', 'a.b', false, '{"a":{"b":""}}'],
    ['{"a":["x"]}', 'a[0]', false, '{"a":["x"]}'],
    ['{"\\u0061":"x"}', 'a', true, '{"\\u0061":"*3"}'],
  ])('of %s at %s', (text, path, done, out) => {
    const document = read(text);
    expect(document.settleString(selectorOf(path), memo(10, veil))).toBe(done);
    expect(document.text()).toBe(out);
  });

  const key = fc.constantFrom('a', 'b', 'c');
  const path = fc.array(key, { minLength: 1, maxLength: 3 }).map((keys) => keys.join('.'));
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('"x"', '""', '"yy"', '1', 'null', '[]', '["x"]'),
      fc
        .array(fc.tuple(key, tie('value')), { maxLength: 4 })
        .map((members) => `{${members.map(([name, inner]) => `"${name}":${inner}`).join(',')}}`),
    ),
  }));
  const edit = fc.record({ kind: fc.constantFrom('set', 'remove', 'rename', 'settle', 'look'), path, value, key });
  type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;

  function apply(document: JsonDocument, edits: readonly Edit[]): void {
    for (const each of edits) {
      const selector = selectorOf(each.path);
      if (each.kind === 'set') document.set(selector, each.value);
      else if (each.kind === 'look') document.get(selectorOf(`${each.path}.a`));
      else if (each.kind === 'settle') document.get(selector)?.settle(each.value);
      else if (each.kind === 'remove') document.get(selector)?.remove();
      else document.get(selector)?.rename(`"${each.key}"`);
    }
  }

  it('comes to the same as going through all of them, whatever was edited before, or does nothing', () => {
    let settled = 0;
    const sample = fc.tuple(value, fc.array(edit, { maxLength: 3 }), path);
    fc.assert(
      fc.property(sample, ([text, edits, at]) => {
        const [one, other] = [read(text), read(text)];
        apply(one, edits);
        apply(other, edits);
        const before = one.text();
        if (!one.settleString(selectorOf(at), memo(10, veil))) {
          expect(one.text()).toBe(before);
          settleEach(one, at);
        } else settled++;
        settleEach(other, at);
        expect(one.text()).toBe(other.text());
        // What is settled stays so.
        settleEach(one, at);
        expect(one.text()).toBe(other.text());
      }),
      { numRuns: 3000 },
    );
    expect(settled).toBeGreaterThan(300);
  });
});
