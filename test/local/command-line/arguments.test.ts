import { describe, expect, it } from 'vitest';
import { helpText, readArguments } from '../../../local/command-line/arguments.ts';

const PIPELINES = ['clickstream', 'access-logs'];
const read = (...argv: string[]) => readArguments(argv, PIPELINES);

describe('the arguments of npm start', () => {
  it('has defaults for everything', () => {
    expect(read()).toEqual({
      pipeline: 'clickstream',
      input: undefined,
      rows: 'line',
      events: 20_000,
      logEvents: 2_000,
      seed: 1,
      rate: undefined,
      data: '.sluice',
      report: undefined,
      keep: false,
      port: undefined,
      help: false,
    });
  });

  it('reads every option', () => {
    const options = read(
      '--pipeline',
      'access-logs',
      '--input=-',
      '--seed',
      '7',
      '--rate=1,000',
      '--data',
      'd',
      '--keep',
    );
    expect(options).toMatchObject({ pipeline: 'access-logs', input: '-', seed: 7, rate: 1_000, data: 'd', keep: true });
    expect(options.logEvents).toBe(0);
    expect(read('--events', '1_000_000', '--port', '4566', '--report', 'r.json')).toMatchObject({
      events: 1_000_000,
      logEvents: 2_000,
      port: 4_566,
      report: 'r.json',
    });
    expect(read('--events', '100').logEvents).toBe(10);
    expect(read('--logs', '0').logEvents).toBe(0);
  });

  it('cuts CSV files into rows, others into lines, unless told', () => {
    expect(read('--input', 'a.csv').rows).toBe('csv');
    expect(read('--input', 'a.CSV.gz').rows).toBe('csv');
    expect(read('--input', 'a.csv', '--rows', 'line').rows).toBe('line');
    expect(read('--input', 'a.json').rows).toBe('line');
    expect(() => read('--rows', 'tsv')).toThrow('--rows tsv: it is line or csv');
  });

  it('names the option and what it needs', () => {
    expect(() => read('--pipeline', 'clicks')).toThrow(/--pipeline clicks.*Known: clickstream, access-logs/);
    expect(() => read('--events', '0')).toThrow(/--events 0: a whole number from 1/);
    expect(() => read('--events', '1.5')).toThrow(/--events 1\.5/);
    expect(() => read('--rate', 'fast')).toThrow(/--rate fast/);
    expect(() => read('--port', '70000')).toThrow(/--port 70000.*65,535/);
    expect(() => read('--data', '')).toThrow('--data needs a path');
    expect(() => read('--input', 'a', '--events', '5')).toThrow(/leave them out with --input/);
    expect(() => read('--speed', '5')).toThrow(/Unknown option '--speed'.*--help/);
    expect(() => read('stray')).toThrow(/Unexpected argument 'stray'.*--help/);
  });

  it('has help for every option it reads', () => {
    const help = helpText(PIPELINES);
    for (const option of [
      'input',
      'pipeline',
      'events',
      'logs',
      'seed',
      'rate',
      'rows',
      'data',
      'report',
      'keep',
      'port',
    ]) {
      expect(help).toContain(`--${option}`);
    }
    expect(read('--help').help).toBe(true);
    expect(read('-h', '--pipeline', 'nonsense').help).toBe(true);
  });
});
