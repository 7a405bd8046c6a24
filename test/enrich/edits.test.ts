import { describe, expect, it } from 'vitest';
import { ingestMetadata, parse, remove, rename, set } from '../../shared/enrich/index.ts';
import { json, ndjson } from '../../shared/formats/index.ts';
import { compilePipeline } from '../../shared/pipeline/compile.ts';
import { definePipeline } from '../../shared/pipeline/definition.ts';
import type { Step } from '../../shared/record/step.ts';
import { inWords, runThrough } from '../factories/example.ts';

async function edited(record: string, ...steps: Step[]): Promise<unknown> {
  const [outcome] = await runThrough({ steps }, record);
  return inWords(outcome);
}

describe('set, rename, remove', () => {
  it('leave every other byte as it was', async () => {
    const record = ' {"a" : 1.0, "b":[1e2, -0],\t"a":"\\u00e9", "id":12345678901234567890 } ';
    expect(await edited(record, set('z', 'é'))).toBe(
      ' {"a" : 1.0, "b":[1e2, -0],\t"a":"\\u00e9", "id":12345678901234567890,"z":"é" } ',
    );
    expect(await edited(record, remove('nothing', '**.never'), rename('x', 'y'))).toBe(record);
  });

  it('see what the steps before them did', async () => {
    expect(
      await edited(
        '{"a":{"b":1}}',
        rename('a.b', 'c'),
        rename('c', 'a'),
        set('a', [{ x: null }]),
        rename('a[0].x', 'y'),
      ),
    ).toBe('{"a":[{}],"y":null}');
    expect(await edited('{"a":1}', rename('a', 'a.b'))).toBe('{"a":{"b":1}}');
  });

  it('take out elements and members', async () => {
    expect(await edited('{"a":[1,{"x":2},3],"x":4}', remove('a[0]', '**.x'))).toBe('{"a":[{},3]}');
  });

  it('treat __proto__ as a key like any other', async () => {
    expect(await edited('{"__proto__":1}', rename('__proto__', 'p'), set('["__proto__"].x', 2))).toBe(
      '{"p":1,"__proto__":{"x":2}}',
    );
  });

  it('tell mistakes when the pipeline is compiled', async () => {
    await expect(
      edited('{}', set('a.*', 1), rename('b', 'b'), remove(), set('c', undefined as never), parse('d', 'xml' as never)),
    ).rejects.toThrow(
      /5 faults[\s\S]*no wildcards here[\s\S]*both paths are the same[\s\S]*no path is named[\s\S]*the value is undefined[\s\S]*there is no xml; known are json, url, queryString, timestamp/,
    );
  });
});

describe('parse', () => {
  it.each([
    ['1789809023', '2026-09-19T09:10:23.000Z'],
    ['1789809023187', '2026-09-19T09:10:23.187Z'],
    ['1789809023187000', '2026-09-19T09:10:23.187Z'],
    ['1789809023187000000', '2026-09-19T09:10:23.187Z'],
    ['-1', '1969-12-31T23:59:59.000Z'],
    ['"1789809023.5"', '2026-09-19T09:10:23.500Z'],
    ['"2026-09-19 11:10:23"', '2026-09-19T11:10:23Z'],
    ['"2026-09-19T11:10:23.123456789+02:00"', '2026-09-19T09:10:23.123456789Z'],
    ['"19/Sep/2026:11:10:23 +0200"', '2026-09-19T09:10:23Z'],
    ['"Sat, 19 Sep 2026 09:10:23 GMT"', '2026-09-19T09:10:23.000Z'],
  ])('reads the time %s', async (json, iso) => {
    expect(await edited(`{"t":${json}}`, parse('t', 'timestamp'))).toBe(`{"t":"${iso}"}`);
  });

  it.each(['"soon"', '"2026-02-30T00:00:00Z"', '1e30', 'true', '{}', '""', '"2026"'.replace('2026', '20 26')])(
    'refuses the time %s',
    async (json) => {
      expect(await edited(`{"t":${json}}`, parse('t', 'timestamp'))).toEqual({ failed: 'CannotParse' });
      expect(await edited(`{"t":${json}}`, parse('t', 'timestamp', { whenInvalid: 'skip' }))).toBe(`{"t":${json}}`);
    },
  );

  it('leaves null and what is not there', async () => {
    expect(await edited('{"t":null}', parse('t', 'timestamp'), parse('u', 'json'))).toBe('{"t":null}');
  });

  it('reads JSON strictly, and as deep as documents go', async () => {
    const text = (json: string) => JSON.stringify({ p: json });
    expect(
      await edited(text(' {"a":[1.0]} \n'), parse('p', 'json'), parse('p.a', 'json', { whenInvalid: 'skip' })),
    ).toBe('{"p":{"a":[1.0]}}');
    for (const bad of ['', '{', '01', '{"a":1}{"b":2}', "{'a':1}", `${'['.repeat(600)}${']'.repeat(600)}`]) {
      expect(await edited(text(bad), parse('p', 'json'))).toEqual({ failed: 'CannotParse' });
    }
    expect(await edited('{"p":"\\"\\ud800\\""}', parse('p', 'json'))).toEqual({ failed: 'CannotParse' });
    expect(await edited('{"p":5}', parse('p', 'json'))).toEqual({ failed: 'CannotParse' });
  });

  it('reads URLs without their passwords', async () => {
    expect(await edited('{"u":"https://me:secret@x.example/é?q=ü&q=2&__proto__=1#"}', parse('u', 'url'))).toBe(
      '{"u":{"scheme":"https","host":"x.example","path":"/%C3%A9","query":{"q":["ü","2"],"__proto__":"1"}}}',
    );
    expect(await edited('{"u":"/relative"}', parse('u', 'url'))).toEqual({ failed: 'CannotParse' });
    expect(await edited('{"u":"mailto:a@b.example"}', parse('u', 'url'))).toBe(
      '{"u":{"scheme":"mailto","path":"a@b.example"}}',
    );
  });
});

describe('ingestMetadata', () => {
  const run = async (step: Step, record: object) => {
    const definition = definePipeline({
      name: 'example',
      version: '7',
      input: json(),
      steps: [step],
      output: ndjson(),
    });
    const [outcome] = await compilePipeline(definition).run([{ id: 'r', data: '{}', ...record }], {
      now: 1789809023187,
    });
    return JSON.parse(inWords(outcome) as string);
  };
  const position = { shardId: 's-1', sequenceNumber: '49', subsequenceNumber: 2, partitionKey: 'é' };

  it('tells where a record came from', async () => {
    expect(await run(ingestMetadata(), { arrival: 1789809023187, position })).toEqual({
      ingest: {
        arrivalTime: '2026-09-19T09:10:23.187Z',
        shardId: 's-1',
        sequenceNumber: '49',
        subsequenceNumber: 2,
        pipeline: 'example',
        pipelineVersion: '7',
      },
    });
    expect(await run(ingestMetadata(), {})).toEqual({ ingest: { pipeline: 'example', pipelineVersion: '7' } });
  });

  it('writes what is asked for', async () => {
    const step = ingestMetadata({ to: 'm.x', fields: ['partitionKey', 'processedTime'] });
    expect(await run(step, { position })).toEqual({
      m: { x: { partitionKey: 'é', processedTime: '2026-09-19T09:10:23.187Z' } },
    });
  });
});
