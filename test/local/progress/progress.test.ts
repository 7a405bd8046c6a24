import { describe, expect, it } from 'vitest';
import { showProgress } from '../../../local/progress/progress.ts';

function terminal(isTTY: boolean) {
  let written = '';
  const write = (text: string): void => {
    written += text;
  };
  return { isTTY, columns: 100, write, written: () => written };
}

describe('progress', () => {
  it('says nothing of the stages where there is no terminal', () => {
    const output = terminal(false);
    const progress = showProgress([{ name: 'sent', done: () => 5 }], output);
    progress.say('building');
    progress.end();
    expect(output.written()).toBe('building\n');
  });

  it('draws a line for each stage, with records and rate, over the lines before', () => {
    const output = terminal(true);
    let time = 0;
    let sent = 0;
    const stages = [
      { name: 'sent', done: () => sent, expected: 20_000 },
      { name: 'consumed', done: () => sent / 2, note: () => '3 waiting' },
    ];
    const progress = showProgress(stages, output, () => time);
    time = 1_000;
    sent = 5_000;
    progress.say('start');
    time = 2_000;
    sent = 20_000;
    progress.end();
    const text = output.written();
    expect(text).toContain('sent       5,000 of 20,000 records (25 %)');
    expect(text).toContain('5,000/s');
    expect(text).toContain('\x1b[2A');
    const last = text.slice(text.lastIndexOf('\x1b[2A'));
    expect(last).toContain('sent       20,000 of 20,000 records (100 %)');
    expect(last).toContain('10,000/s');
    expect(last).toContain('consumed   10,000 records');
    expect(last).toContain('3 waiting');
  });
});
