import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeString, encodeString, JsonDocument, readDocument, selectorOf } from '../../shared/json/index.ts';
import { byteStringOf, decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import { brokenJson, jsonText, randomBytes, stringText } from '../factories/arbitrary.ts';
import { documentOf } from '../factories/document.ts';

const EVERYTHING = selectorOf('**');
const PATHS = ['a', 'user', '**.id', '**.a', 'items[*]', 'a.b', '*.email', '**[0]', '**', '["__proto__"]', 'b.**'];

/** The text as UTF-8 has it: what was half a surrogate pair is U+FFFD. */
function wellFormed(text: string): string {
  return decodeUtf8(encodeUtf8(text));
}

describe('any JSON text', () => {
  it('leaves as it came, whatever was looked at', () => {
    fc.assert(
      fc.property(jsonText, fc.constantFrom(...PATHS), (text, path) => {
        const document = documentOf(text);
        document.get(selectorOf(path));
        document.each(selectorOf(path), (node) => [node.json, node.string, node.path, node.classes]);
        expect(decodeUtf8(document.text())).toBe(wellFormed(text));
      }),
      { numRuns: 500 },
    );
  });

  it('reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        documentOf(text).each(EVERYTHING, (node) => {
          const value: unknown = JSON.parse(decodeUtf8(node.json));
          if (node.kind === 'string') expect(wellFormed(node.string!)).toBe(wellFormed(value as string));
          expect(node.kind).toBe(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('can have each of its values replaced, and is JSON afterwards', () => {
    fc.assert(
      fc.property(jsonText, fc.constantFrom(...PATHS), jsonText, (text, path, other) => {
        const document = documentOf(text);
        const json = encodeUtf8(other);
        document.each(selectorOf(path), (node) => node.replace(json));
        const again = documentOf(decodeUtf8(document.text()));
        again.each(selectorOf(path), (node) => {
          if (!path.includes('**')) expect(node.json).toBe(json);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('can have each of its values removed, and then has none', () => {
    fc.assert(
      fc.property(
        jsonText,
        fc.constantFrom(...PATHS.filter((path) => !path.endsWith(']') || path.includes('*]'))),
        (text, path) => {
          const document = documentOf(text);
          document.each(selectorOf(path), (node) => node.remove());
          const again = documentOf(decodeUtf8(document.text()));
          let left = 0;
          again.each(selectorOf(path), () => left++);
          expect(left).toBe(path === '**' || path === '**[0]' ? left : 0);
          expect(document.get(selectorOf('a.b'))?.json).toBe(again.get(selectorOf('a.b'))?.json);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes any edits one after the other, and shows each step what the others did', () => {
    const edit = fc.record({
      path: fc.constantFrom('a', 'b', 'a.b', 'user.id', 'id', '**.a', 'items[*]', '**.id', '*'),
      what: fc.constantFrom('replace', 'settle', 'remove', 'set', 'rename'),
      json: jsonText,
    });
    fc.assert(
      fc.property(jsonText, fc.array(edit, { maxLength: 8 }), (text, edits) => {
        const document = documentOf(text);
        for (const { path, what, json } of edits) {
          const bytes = encodeUtf8(json);
          if (what === 'set') {
            if (!path.includes('*')) document.set(selectorOf(path), bytes);
          } else {
            document.each(selectorOf(path), (node) => {
              if (what === 'remove') node.remove();
              else if (what === 'rename') node.rename('"id"');
              else node[what as 'replace' | 'settle'](bytes);
            });
          }
          // What is seen of the document is what leaves.
          const seen: string[] = [];
          document.each(EVERYTHING, (node) => seen.push(`${node.path} ${node.kind}`));
          const left: string[] = [];
          const again = documentOf(decodeUtf8(document.text()));
          again.each(EVERYTHING, (node) => left.push(`${node.path} ${node.kind}`));
          expect(seen).toEqual(left);
          for (const one of ['a', 'id', 'a.b', 'user.id']) {
            expect(document.get(selectorOf(one))?.json.trim()).toBe(again.get(selectorOf(one))?.json.trim());
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('any bytes', () => {
  const accepts = (bytes: Buffer) => {
    try {
      JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
      return true;
    } catch {
      return false;
    }
  };

  it('are JSON if and only if JSON.parse takes them as strict UTF-8', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          brokenJson,
          randomBytes,
          jsonText.map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const read = readDocument(byteStringOf(bytes));
          expect(read instanceof JsonDocument).toBe(accepts(bytes));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('are never quoted by a failure', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 20, unit: fc.constantFrom(...'SECRET0123456789') }),
        (secret) => {
          for (const text of [
            secret,
            `{"${secret}`,
            `{"a":${secret}}`,
            `["${secret}\n"]`,
            `{"${secret}":1,}`,
            `[1,${secret}`,
          ]) {
            const read = readDocument(text);
            if (!(read instanceof JsonDocument)) expect(JSON.stringify(read)).not.toContain(secret);
          }
        },
      ),
    );
  });
});

describe('strings', () => {
  it('are decoded as JSON.parse does, in any spelling', () => {
    fc.assert(
      fc.property(stringText, (text) => {
        expect(decodeString(encodeUtf8(text))).toBe(
          wellFormed(text) === text ? JSON.parse(text) : decodeString(encodeUtf8(text)),
        );
      }),
    );
  });

  it('come back after encoding, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0xd800, max: 0xdfff }), (text, half) => {
        const whole = text + String.fromCharCode(half);
        expect(decodeString(encodeString(whole))).toBe(whole);
      }),
    );
  });
});
