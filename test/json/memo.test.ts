import { describe, expect, it } from 'vitest';
import { memo } from '../../shared/json/index.ts';

describe('a memo', () => {
  it('computes once for the same text, nothing included', () => {
    let computed = 0;
    const lengthOf = memo(10, (text) => {
      computed++;
      return text === 'none' ? undefined : text.length;
    });
    expect([lengthOf('abc'), lengthOf('abc'), lengthOf('none'), lengthOf('none')]).toEqual([
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
    remember('often');
    for (let i = 0; i < 10_000; i++) {
      remember(String(i));
      remember('often');
    }
    expect(computed.filter((text) => text === 'often')).toHaveLength(1);
    remember('0');
    expect(computed.filter((text) => text === '0')).toHaveLength(2);
  });

  it('does not remember long texts', () => {
    let computed = 0;
    const count = memo(10, () => computed++);
    count('x'.repeat(3000));
    count('x'.repeat(3000));
    expect(computed).toBe(2);
  });
});
