import type { FunctionFigures } from '../account/contracts.ts';
import type { Balance } from '../accounting/balance.ts';

/** Everything a run has to tell; `--report` writes it as JSON. */
export interface RunReport extends Balance {
  /** Times a record could not go on when it was first tried, before anything was replayed. */
  readonly failed: number;
  /** Times a dead letter was put back. */
  readonly replayed: number;
  readonly functions: Readonly<Record<string, FunctionReport>>;
  readonly pipeline: string;
  /** The books of each stream: `events`, `logs`. */
  readonly streams: Readonly<Record<string, Balance>>;
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly failedByCode: Readonly<Record<string, number>>;
  readonly quarantinedByCode: Readonly<Record<string, number>>;
  /** Lines that no stream would take, by reason; part of `quarantined`. */
  readonly refused: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly recordsPerSecond: number;
  /** The account and the run, which are one process, at their largest. */
  readonly peakMemoryMb: number;
  /** The functions' processes together, at their largest; 0 where the system doesn't tell. */
  readonly functionsPeakMemoryMb: number;
  readonly interrupted: boolean;
  /** The input broke off before its end, or the data folder could not be written. */
  readonly damaged: boolean;
  /** What else the person should know: a damaged input, figures that don't agree. */
  readonly remarks: readonly string[];
  readonly samples: readonly Sample[];
  readonly places: readonly Place[];
}

export type FunctionReport = Omit<FunctionFigures, 'name'>;

/** One record as it came and as it left. */
export interface Sample {
  readonly before: string;
  readonly after: string;
}

/** Where objects lie. */
export interface Place {
  /** `lake`, `quarantine`, `errors`, `refused lines`. */
  readonly name: string;
  /** A folder on disk. */
  readonly path: string;
  readonly objects: number;
  readonly bytes: number;
}
