/** What was set as a goal, and whether the measurement reaches it. */
export interface Bar {
  readonly says: string;
  readonly measured: number;
  readonly holds: boolean;
}

export function atMost(says: string, measured: number, limit: number): Bar {
  return { says, measured, holds: measured <= limit };
}

export function atLeast(says: string, measured: number, limit: number): Bar {
  return { says, measured, holds: measured >= limit };
}

export function showBars(bars: readonly Bar[]): void {
  for (const { says, measured, holds } of bars) {
    const figure = measured.toLocaleString('en-US', { maximumFractionDigits: measured < 100 ? 2 : 0 });
    console.log(`${holds ? 'holds  ' : 'MISSED '} ${says}: ${figure}`);
  }
}
