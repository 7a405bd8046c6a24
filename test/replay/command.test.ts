import { describe, expect, it } from 'vitest';
import { CommandError, readCommand } from '../../shared/replay/command.ts';

describe('a replay command', () => {
  it('reads its times, target and bounds', () => {
    const command = readCommand({
      source: 's3://errors/events/processing-failed/',
      since: '2026-09-19T00:00:00Z',
      until: '2026-09-20T00:00:00Z',
      to: { stream: 'events' },
      ratePerSecond: 500,
      limit: 10_000,
      dryRun: true,
    });
    expect(command).toMatchObject({
      source: { kind: 'objects', bucket: 'errors', prefix: 'events/processing-failed/' },
      since: Date.UTC(2026, 8, 19),
      to: { kind: 'stream', stream: 'events' },
      maxAttempts: 3,
      settle: undefined,
    });
  });

  it('takes a queue by its URL or ARN', () => {
    expect(readCommand({ source: 'https://sqs.eu-west-1.amazonaws.com/1/q' }).source).toMatchObject({ kind: 'queue' });
    expect(readCommand({ source: 'arn:aws:sqs:eu-west-1:1:q' }).source).toEqual({
      kind: 'queue',
      url: 'https://sqs.eu-west-1.amazonaws.com/1/q',
    });
  });

  it('names every fault at once', () => {
    const wrong = {
      source: 7,
      since: 'yesterday',
      limit: -1,
      dryRun: 'yes',
      to: {},
      match: [],
      settle: 'burn',
      typo: 1,
    };
    const message = faultsOf(wrong);
    for (const name of ['source', 'since', 'limit', 'dryRun', 'to must', 'match', 'settle', 'typo']) {
      expect(message).toContain(name);
    }
  });

  it.each([[undefined], [null], ['text'], [[]]])('%j is refused', (value) => {
    expect(faultsOf(value)).toContain('source');
  });
});

function faultsOf(value: unknown): string {
  try {
    readCommand(value);
  } catch (error) {
    expect(error).toBeInstanceOf(CommandError);
    return (error as Error).message;
  }
  throw new Error('The command was accepted.');
}
