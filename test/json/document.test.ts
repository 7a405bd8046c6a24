import { describe, expect, it } from 'vitest';
import { classes, createTape, encodeString, KEY_IDS, selectorOf, type Tape } from '../../shared/json/index.ts';
import type { Node, Wanted } from '../../shared/record/document.ts';
import { documentOf } from '../factories/document.ts';

const TEXT = '{ "id" : 1234567890123456789, "n":[ 1.0 ,-0, 1e2 ], "s":"\\u0041\\/", "o":{"x":null,"y":true} , "id":1 }';

/** What a document becomes when every value at a path is dealt with. */
function edited(text: string, path: string, edit: (node: Node) => void): string {
  const document = documentOf(text);
  document.each(selectorOf(path), edit);
  return document.text();
}

/** Values with one of these classes, whatever their key. */
function wanted(found: number): Wanted {
  return {
    classes: found,
    quiet: new Uint8Array(KEY_IDS).fill(1),
    passesOver: () => false,
    skips: () => false,
  };
}

function readBack(text: string): unknown {
  return JSON.parse(text);
}

describe('reading', () => {
  it('gives kind, text and decoded string of a value', () => {
    const document = documentOf(TEXT);
    const about = (path: string) => {
      const node = document.get(selectorOf(path))!;
      return [node.kind, node.json, node.string];
    };
    expect(about('id')).toEqual(['number', '1', undefined]);
    expect(about('n')).toEqual(['array', '[ 1.0 ,-0, 1e2 ]', undefined]);
    expect(about('n[1]')).toEqual(['number', '-0', undefined]);
    expect(about('s')).toEqual(['string', '"\\u0041\\/"', 'A/']);
    expect(about('o')).toEqual(['object', '{"x":null,"y":true}', undefined]);
    expect(about('o.x')).toEqual(['null', 'null', undefined]);
    expect(about('o.y')).toEqual(['boolean', 'true', undefined]);
  });

  it('leaves the text as it came', () => {
    const document = documentOf(TEXT);
    document.each(selectorOf('**'), (node) => [node.kind, node.json, node.string, node.path, node.key, node.classes]);
    expect(document.text()).toBe(TEXT);
  });

  it('tells the key of a member, and an id for it', () => {
    const found: (readonly [string | undefined, boolean])[] = [];
    documentOf('{"a":[1],"b\\u0062":2}').each(selectorOf('**'), (node) => {
      found.push([node.key, node.keyId > 0 && node.keyId < KEY_IDS]);
    });
    expect(found).toEqual([
      [undefined, false],
      ['a', true],
      [undefined, false],
      ['bb', true],
    ]);
    const ids = ['{"same":1}', '{"x":{"s\\u0061me":2}}'].map((text) => {
      let id = 0;
      documentOf(text).each(selectorOf('**.same'), (node) => {
        id = node.keyId;
      });
      return id;
    });
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('character classes', () => {
  it.each([
    ['"a@b"', classes.LOWER | classes.AT],
    ['"A1"', classes.UPPER | classes.DIGIT],
    ['"+1 (2)-3"', classes.PLUS | classes.DIGIT | classes.SPACE | classes.PARENTHESIS | classes.HYPHEN],
    [
      '"a:b/c=d%e_f.g,h"',
      classes.LOWER |
        classes.COLON |
        classes.SLASH |
        classes.EQUALS |
        classes.PERCENT |
        classes.UNDERSCORE |
        classes.DOT |
        classes.COMMA,
    ],
    ['"{["', classes.BRACKET],
    ['"!"', classes.OTHER],
    ['"\\n"', classes.ESCAPE],
    ['"é"', classes.HIGH],
    ['""', 0],
  ])('of %s are those of its bytes', (text, expected) => {
    expect(documentOf(text).get(selectorOf('**'))?.classes).toBe(expected | classes.STRING);
    expect(documentOf(`{"k":${text}}`).get(selectorOf('k'))?.classes).toBe(expected | classes.STRING);
  });

  it('of a string come from every byte, however long it is', () => {
    for (let length = 0; length < 40; length++) {
      for (let at = 0; at < length; at++) {
        const text = `"${'a'.repeat(at)}@${'a'.repeat(length - at - 1)}"`;
        const expected = classes.AT | (length > 1 ? classes.LOWER : 0) | classes.STRING;
        expect(documentOf(text).get(selectorOf('**'))?.classes).toBe(expected);
      }
    }
  });

  it('tell the kinds of other values', () => {
    const kinds = (text: string) => documentOf(text).get(selectorOf('**'))!.classes & ~classes.DIGIT;
    expect(kinds('1')).toBe(classes.NUMBER);
    expect(kinds('{}')).toBe(classes.OBJECT);
    expect(kinds('[]')).toBe(classes.ARRAY);
    expect(kinds('null')).toBe(classes.LITERAL);
    expect(kinds('{}') & classes.CONTAINER).toBeTruthy();
  });

  it('of keys are told too', () => {
    const node = documentOf('{"a@b.c":1}').get(selectorOf('["a@b.c"]'))!;
    expect(node.keyClasses & (classes.AT | classes.DOT | classes.LOWER | classes.DIGIT)).toBe(
      classes.AT | classes.DOT | classes.LOWER,
    );
  });

  it('tell which values a visit is for', () => {
    const seen: string[] = [];
    documentOf('{"a":"x","b":"1","c":{"d":"y@z","e":7}}').each(
      selectorOf('**'),
      (node) => seen.push(node.path),
      wanted(classes.AT | classes.NUMBER),
    );
    expect(seen).toEqual(['c.d', 'c.e']);
  });

  it('are told with the place of a value that may yet be passed over', () => {
    const asked: string[] = [];
    const seen: string[] = [];
    documentOf('{"a":"x","b":[2,"y"],"c":true}').each(selectorOf('**'), (node) => seen.push(node.path), {
      ...wanted(classes.STRING | classes.NUMBER),
      passesOver: (source, start, end, found, node) => {
        asked.push(`${node.path}=${source.slice(start, end)}`);
        return (found & classes.STRING) !== 0;
      },
    });
    expect(asked).toEqual(['a="x"', 'b[0]=2', 'b[1]="y"']);
    expect(seen).toEqual(['b[0]']);
  });

  it('do not matter where a key is not quiet', () => {
    const seen: string[] = [];
    const document = documentOf('{"a":true,"b":true}');
    const quiet = new Uint8Array(KEY_IDS).fill(1);
    quiet[document.get(selectorOf('b'))!.keyId] = 0;
    document.each(selectorOf('**'), (node) => seen.push(node.path), { ...wanted(classes.AT), quiet });
    expect(seen).toEqual(['b']);
  });
});

describe('replacing', () => {
  it('changes the value and nothing beside it', () => {
    expect(edited(TEXT, 's', (node) => node.replace('"B"'))).toBe(TEXT.replace('"\\u0041\\/"', '"B"'));
    expect(edited(TEXT, 'id', (node) => node.replace('0'))).toBe(
      TEXT.replace('1234567890123456789', '0').replace('"id":1', '"id":0'),
    );
  });

  it('can replace the whole document, and what has been replaced', () => {
    const document = documentOf(' [1] ');
    document.each(selectorOf('**'), (node) => node.replace('{"a":1}'));
    expect(document.text()).toBe(' {"a":1} ');
    document.get(selectorOf('a'))!.replace('[2]');
    document.get(selectorOf('a[0]'))!.replace('3');
    expect(document.text()).toBe(' {"a":[3]} ');
    expect(document.get(selectorOf('a[0]'))?.path).toBe('a[0]');
  });

  it('shows later steps the new value', () => {
    const document = documentOf('{"a":{"b":1}}');
    document.get(selectorOf('a'))!.replace(`{"b":${encodeString('é@')},"c":[]}`);
    expect(document.get(selectorOf('a.b'))?.string).toBe('é@');
    expect(document.get(selectorOf('a'))?.kind).toBe('object');
    const seen: string[] = [];
    document.each(selectorOf('**'), (node) => seen.push(`${node.path}:${node.kind}`));
    expect(seen).toEqual([':object', 'a:object', 'a.b:string', 'a.c:array']);
    expect(document.get(selectorOf('a.b'))!.classes & classes.AT).toBeTruthy();
  });

  it('does not visit again what the visit itself put in', () => {
    let visits = 0;
    const text = edited('{"a":[1]}', '**.a', (node) => {
      visits++;
      node.replace('{"a":{"a":1}}');
    });
    expect([visits, text]).toEqual([1, '{"a":{"a":{"a":1}}}']);
  });

  it('reaches each of duplicate keys, and values inside containers of the same name', () => {
    expect(edited('{"p":1,"q":{"p":2},"p":{"p":3}}', 'p', (node) => node.replace('0'))).toBe(
      '{"p":0,"q":{"p":2},"p":0}',
    );
    expect(edited('{"p":1,"q":{"p":2},"p":3}', '**.p', (node) => node.replace('0'))).toBe('{"p":0,"q":{"p":0},"p":0}');
  });

  it('refuses to show what is not JSON', () => {
    const document = documentOf('{"a":1}');
    document.get(selectorOf('a'))!.replace('{"secret":}');
    expect(() => document.get(selectorOf('a.secret'))).toThrow('a step put in what is not JSON');
  });
});

describe('settling', () => {
  it('marks the value as dealt with, and closes it to gated visits', () => {
    const document = documentOf('{"a":"x@y","b":"x@y","c":{"d":"x@y"}}');
    document.get(selectorOf('a'))!.settle('"p1_x@y"');
    document.get(selectorOf('c'))!.settle('{"d":"m@n"}');
    const seen: string[] = [];
    document.each(selectorOf('**'), (node) => seen.push(node.path), wanted(classes.STRING));
    document.each(selectorOf('**.d'), (node) => seen.push(node.path), wanted(classes.STRING));
    expect(seen).toEqual(['b']);
    expect(document.get(selectorOf('a'))?.settled).toBe(true);
    expect(document.get(selectorOf('b'))?.settled).toBe(false);
    const all: string[] = [];
    document.each(selectorOf('**'), (node) => all.push(node.path));
    expect(all).toEqual(['', 'a', 'b', 'c', 'c.d']);
  });

  it('lasts for members that were added', () => {
    const document = documentOf('{}');
    document.set(selectorOf('geo'), '{"ip":"1.2.3.4"}');
    document.get(selectorOf('geo.ip'))!.settle('"1.2.3.0"');
    document.set(selectorOf('device'), '"x"');
    const seen: string[] = [];
    document.each(selectorOf('**'), (node) => seen.push(node.path), wanted(classes.STRING));
    expect(seen).toContain('device');
    expect(seen).not.toContain('geo.ip');
    expect(document.text()).toBe('{"geo":{"ip":"1.2.3.0"},"device":"x"}');
  });

  it('ends when a later step puts in something else', () => {
    const document = documentOf('{"a":1}');
    document.get(selectorOf('a'))!.settle('2');
    document.set(selectorOf('a'), '3');
    expect(document.get(selectorOf('a'))?.settled).toBe(false);
  });
});

describe('removing', () => {
  it.each([
    ['{"a":1,"b":2,"c":3}', 'a', '{"b":2,"c":3}'],
    ['{"a":1,"b":2,"c":3}', 'b', '{"a":1,"c":3}'],
    ['{"a":1,"b":2,"c":3}', 'c', '{"a":1,"b":2}'],
    ['{ "a" : 1 , "b" : 2 }', 'a', '{ "b" : 2 }'],
    ['{ "a" : 1 , "b" : 2 }', 'b', '{ "a" : 1 }'],
    ['{ "a" : 1 }', 'a', '{  }'],
    ['{"a":1,"a":2,"b":3}', 'a', '{"b":3}'],
    ['{"b":3,"a":1,"a":2}', 'a', '{"b":3}'],
    ['{"a":1,"b":3,"a":2}', 'a', '{"b":3}'],
    ['{"a":1,"a":2}', 'a', '{}'],
    ['[1,2,3]', '[1]', '[1,3]'],
    ['[1,2,3]', '*', '[]'],
    ['[[1],[2]]', '*.*', '[[],[]]'],
    ['[1, 2, [3, 4] ]', '**[1]', '[1, [3] ]'],
    ['{"a":{"b":{"c":1}},"d":2}', 'a.b.c', '{"a":{"b":{}},"d":2}'],
    ['{"x":{"k":1,"l":2},"k":3,"y":[{"k":4}]}', '**.k', '{"x":{"l":2},"y":[{}]}'],
  ])('from %s what %s finds', (text, path, expected) => {
    expect(edited(text, path, (node) => node.remove())).toBe(expected);
  });

  it('closes the gap in an array', () => {
    const document = documentOf('["a","b","c"]');
    document.get(selectorOf('[0]'))!.remove();
    expect(document.get(selectorOf('[0]'))?.json).toBe('"b"');
    expect(document.get(selectorOf('[0]'))?.path).toBe('[0]');
    expect(document.get(selectorOf('[2]'))).toBeUndefined();
  });

  it('hides what is below, and is not undone by edits there', () => {
    const document = documentOf('{"a":{"b":1},"c":2}');
    document.get(selectorOf('a.b'))!.replace('5');
    document.get(selectorOf('a'))!.remove();
    expect(document.get(selectorOf('a.b'))).toBeUndefined();
    expect(document.text()).toBe('{"c":2}');
  });

  it('of the whole document leaves null', () => {
    expect(edited('"secret"', '**', (node) => node.remove())).toBe('null');
  });

  it('works on members that were added', () => {
    const document = documentOf('{"a":1}');
    document.set(selectorOf('b.c'), '2');
    document.set(selectorOf('d'), '3');
    document.get(selectorOf('b'))!.remove();
    expect(document.get(selectorOf('b.c'))).toBeUndefined();
    expect(document.text()).toBe('{"a":1,"d":3}');
    document.get(selectorOf('d'))!.remove();
    document.get(selectorOf('a'))!.remove();
    expect(document.text()).toBe('{}');
    document.set(selectorOf('b'), '4');
    expect(document.text()).toBe('{"b":4}');
  });
});

describe('setting', () => {
  it.each([
    ['{}', 'a', '{"a":9}'],
    ['{ }', 'a', '{"a":9 }'],
    ['{"a":1}', 'a', '{"a":9}'],
    ['{"a":1}', 'b', '{"a":1,"b":9}'],
    ['{ "a" : 1 }', 'b.c', '{ "a" : 1,"b":{"c":9} }'],
    ['{"a":{"b":1}}', 'a.c.d', '{"a":{"b":1,"c":{"d":9}}}'],
    ['{"a":{}}', 'a.b', '{"a":{"b":9}}'],
    ['{"a":[{"b":1}]}', 'a[0].c', '{"a":[{"b":1,"c":9}]}'],
    ['{"a":[1]}', 'a[0]', '{"a":[9]}'],
    ['{}', '["a.b"]["ü\\""]', '{"a.b":{"ü\\"":9}}'],
  ])('in %s at %s', (text, path, expected) => {
    const document = documentOf(text);
    expect(document.set(selectorOf(path), '9')).toBe(true);
    expect(readBack(Buffer.from(document.text(), 'latin1').toString())).toEqual(JSON.parse(expected));
    expect(Buffer.from(document.text(), 'latin1').toString()).toBe(expected);
    expect(document.get(selectorOf(path))?.json).toBe('9');
  });

  it.each([
    ['{"a":1}', 'a.b'],
    ['{"a":null}', 'a.b'],
    ['{"a":[]}', 'a[0]'],
    ['{"a":[]}', 'a.b'],
    ['{}', 'a[0]'],
    ['{}', 'a.b[0].c'],
    ['[]', 'a'],
    ['"x"', 'a'],
  ])('in %s at %s finds no parent object, and changes nothing', (text, path) => {
    const document = documentOf(text);
    expect(document.set(selectorOf(path), '9')).toBe(false);
    expect(document.text()).toBe(text);
  });

  it('again and again adds, and replaces what was added', () => {
    const document = documentOf('{"z":0}');
    for (const [path, json] of [
      ['a.b', '1'],
      ['a.c', '2'],
      ['d', '{"e":3}'],
      ['d.f', '4'],
      ['a.b', '5'],
      ['d', '6'],
    ] as const) {
      expect(document.set(selectorOf(path), json)).toBe(true);
    }
    expect(document.text()).toBe('{"z":0,"a":{"b":5,"c":2},"d":6}');
  });

  it('inside what was replaced', () => {
    const document = documentOf('{"a":1}');
    document.get(selectorOf('a'))!.replace('{}');
    document.set(selectorOf('a.b.c'), '2');
    expect(document.text()).toBe('{"a":{"b":{"c":2}}}');
  });

  it('needs a path without wildcards', () => {
    expect(() => documentOf('{}').set(selectorOf('a.*'), '1')).toThrow('a path without wildcards');
  });
});

describe('renaming', () => {
  it('changes the key and nothing beside it', () => {
    expect(edited('{ "a" : 1, "b":2}', 'a', (node) => node.rename('"x y"'))).toBe('{ "x y" : 1, "b":2}');
  });

  it('goes together with other edits', () => {
    const document = documentOf('{"a":{"b":1},"c":2}');
    document.get(selectorOf('a'))!.rename('"A"');
    document.get(selectorOf('A.b'))!.rename('"B"');
    document.get(selectorOf('A.B'))!.replace('3');
    document.set(selectorOf('A.d'), '4');
    expect(document.get(selectorOf('a'))).toBeUndefined();
    expect(document.get(selectorOf('A'))?.key).toBe('A');
    expect(document.text()).toBe('{"A":{"B":3,"d":4},"c":2}');
    document.get(selectorOf('A'))!.remove();
    expect(document.text()).toBe('{"c":2}');
  });

  it('does nothing to elements of arrays', () => {
    expect(edited('[1]', '[0]', (node) => node.rename('"x"'))).toBe('[1]');
  });

  it('works on members that were added', () => {
    const document = documentOf('{}');
    document.set(selectorOf('a'), '1');
    document.get(selectorOf('a'))!.rename(encodeString('ä'));
    expect(document.get(selectorOf('ä'))?.json).toBe('1');
    expect(Buffer.from(document.text(), 'latin1').toString()).toBe('{"ä":1}');
  });
});

describe('documents that live at the same time', () => {
  it('do not get into each other’s way, on one tape or several', async () => {
    const { readDocuments } = await import('../../shared/json/index.ts');
    const tape = createTape();
    const texts = Array.from(
      { length: 3000 },
      (_, index) => `{"id":${index},"user":{"id":"u-${index}"},"x":[${index}]}`,
    );
    const documents = texts.map((text) => {
      const read: Parameters<typeof readDocuments>[2] = [];
      readDocuments(text, tape, read);
      return read[0]!;
    });
    documents.forEach((document, index) => {
      if (index % 7 === 0) documentOf('{"user":{"id":{"id":0}}}').get(selectorOf('user.id.id'));
      expect(document.get(selectorOf('user.id'))?.string).toBe(`u-${index}`);
      expect(document.get(selectorOf('nothing'))).toBeUndefined();
      if (index % 3 === 0) document.set(selectorOf('geo.id'), '"g"');
      if (index % 2 === 0) document.get(selectorOf('user.id'))!.replace('"e"');
    });
    documents.forEach((document, index) => {
      let expected = texts[index]!;
      if (index % 2 === 0) expected = expected.replace(`"u-${index}"`, '"e"');
      if (index % 3 === 0) expected = expected.replace(/\}$/, ',"geo":{"id":"g"}}');
      expect(document.text()).toBe(expected);
    });
  });

  it.each([
    ['that breaks off', '{"":{"":{"id"\0}}}'],
    ['of which only the beginning is a document', '{"x":{"id":1}} x'],
    ['that is not UTF-8', '{"x":{"id":"\xff"}}'],
  ])('keep their keys where the text behind them is one %s', async (_, broken) => {
    const { readDocuments, readSingle } = await import('../../shared/json/index.ts');
    for (const read of [(tape: Tape) => readSingle(broken, tape), (tape: Tape) => readDocuments(broken, tape, [])]) {
      const tape = createTape();
      const document = readSingle('{"id":0}', tape)!;
      read(tape);
      expect(document.get(selectorOf('id'))?.json).toBe('0');
      document.each(selectorOf('id'), (node) => node.remove());
      expect(document.text()).toBe('{}');
    }
  });

  it('find the last of duplicate keys though another tape was read in between', () => {
    const first = documentOf('{"a":1,"b":2,"a":3}');
    documentOf('{"a":1}');
    expect(first.get(selectorOf('a'))?.json).toBe('3');
    const second = documentOf('{"b":1,"a":{"c":1}}');
    documentOf('{"x":1,"y":2,"c":{"a":1},"a":2}');
    expect(second.get(selectorOf('a.c'))?.json).toBe('1');
    expect(second.get(selectorOf('c'))).toBeUndefined();
  });
});
