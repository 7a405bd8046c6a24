import { describe, expect, it } from 'vitest';
import { memo, selectorOf } from '../../shared/json/index.ts';
import { documentOf } from '../factories/document.ts';

describe('a memo', () => {
  it('computes once for the same text, nothing included', () => {
    let computed = 0;
    const lengthOf = memo(10, (text) => {
      computed++;
      return text === 'none' ? undefined : text.length;
    });
    expect([lengthOf.of('abc'), lengthOf.of('abc'), lengthOf.of('none'), lengthOf.of('none')]).toEqual([
      3,
      3,
      undefined,
      undefined,
    ]);
    expect(computed).toBe(2);
  });

  it('holds a bounded number, and keeps what is asked for again and again', () => {
    const computed: string[] = [];
    const remember = memo(100, (text) => computed.push(text));
    remember.of('often');
    for (let i = 0; i < 10_000; i++) {
      remember.of(String(i));
      remember.of('often');
    }
    expect(computed.filter((text) => text === 'often')).toHaveLength(1);
    remember.of('0');
    expect(computed.filter((text) => text === '0')).toHaveLength(2);
  });

  it('does not remember long texts', () => {
    let computed = 0;
    const count = memo(10, () => computed++);
    count.of('x'.repeat(3000));
    count.of('x'.repeat(3000));
    expect(computed).toBe(2);
  });
});

describe('a memo asked with bytes', () => {
  const text =
    '{"agent":"Mozilla/5.0 (X11; Linux x86_64)","other":"Mozilla/5.0 (X11; Linux x86_65)","n":12345,"é":"é"}';

  /** What a memo makes of each value of a text, and what it was asked to compute. */
  function recalled(source: string, size = 100) {
    const computed: string[] = [];
    const known = memo(size, (json) => {
      computed.push(json);
      return json.length;
    });
    const recall = () => {
      const values: unknown[] = [];
      documentOf(source).each(selectorOf('*'), (node) => values.push([node.json, node.recall(known)]));
      return values;
    };
    return { computed, known, recall };
  }

  it('knows what it was asked with text, and the other way round', () => {
    const { computed, known, recall } = recalled(text);
    known.of('"Mozilla/5.0 (X11; Linux x86_64)"');
    const first = recall();
    expect(recall()).toEqual(first);
    for (const [json, length] of first as [string, number][]) {
      expect(length).toBe(json.length);
      expect(known.of(json)).toBe(json.length);
    }
    expect(computed).toHaveLength(4);
  });

  it('tells apart texts of one length that differ in any one place', () => {
    const { known } = recalled(text);
    const plain = '"abcdefghij"';
    const others = [...plain].slice(1, -1).map((_, at) => `${plain.slice(0, at + 1)}#${plain.slice(at + 2)}`);
    const computed: string[] = [];
    const same = memo(100, (json) => {
      computed.push(json);
      return json;
    });
    for (const json of [plain, ...others, plain]) {
      expect(documentOf(`{"v":${json}}`).get(selectorOf('v'))!.recall(same)).toBe(json);
    }
    expect(computed).toEqual([plain, ...others]);
    expect(known.of(plain)).toBe(plain.length);
  });

  it('sees a value as it stands after edits, and in a document whose bytes are gone', () => {
    const { known } = recalled(text);
    const edited = documentOf('{"v":"before"}');
    edited.get(selectorOf('v'))!.replace('"behind it"');
    expect(edited.get(selectorOf('v'))!.recall(known)).toBe(11);
    const earlier = documentOf('{"v":"earlier than"}');
    documentOf('{"v":"x"}');
    expect(earlier.get(selectorOf('v'))!.recall(known)).toBe(14);
  });

  it('keeps what is in use through many generations', () => {
    const computed: string[] = [];
    const known = memo(10, (json) => {
      computed.push(json);
      return json;
    });
    for (let i = 0; i < 100; i++) {
      expect(documentOf('{"v":"often"}').get(selectorOf('v'))!.recall(known)).toBe('"often"');
      expect(documentOf(`{"v":"once ${i}"}`).get(selectorOf('v'))!.recall(known)).toBe(`"once ${i}"`);
    }
    expect(computed.filter((json) => json === '"often"')).toHaveLength(1);
  });
});
