/**
 * Records on their way to one object. They are kept as frames in blocks of memory, which move to a file when memory is
 * short, so that hundreds of partitions of 64 MB need neither hundreds of megabytes nor an object a record.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Memory } from './memory.ts';

export interface BufferedRecord {
  readonly data: Buffer;
  /** Epoch milliseconds. */
  readonly arrival: number;
  readonly sequenceNumber: string;
  readonly subsequenceNumber: number;
}

export interface RecordBuffer {
  append(record: BufferedRecord): void;
  /** Of the records' data. */
  bytes(): number;
  records(): number;
  /** Arrival of the oldest record. */
  oldest(): number;
  /** The records in the order they came, a block at a time. */
  read(): AsyncGenerator<readonly BufferedRecord[]>;
  /** Lets go of memory and file. */
  discard(): void;
}

const SMALLEST_BLOCK = 4096;
const LARGEST_BLOCK = 1024 * 1024;
/** Data length, arrival, subsequence number, length of the sequence number. */
const HEADER_BYTES = 4 + 8 + 4 + 1;
const NO_BYTES = Buffer.alloc(0);

export function createBuffer(memory: Memory, file: string): RecordBuffer {
  const blocks: Buffer[] = [];
  /** Lengths of the blocks that stand in the file, in order. */
  const spilled: number[] = [];
  let spilledBytes = 0;
  /** A block's own memory is its `buffer`: `allocUnsafeSlow` shares none. */
  let block: Buffer = NO_BYTES;
  let used = 0;
  let held = 0;
  let reading = 0;
  let bytes = 0;
  let records = 0;
  let oldest = Number.POSITIVE_INFINITY;
  const release = memory.hold({ memoryBytes: () => held, spill });

  function closeBlock(): void {
    if (used > 0) blocks.push(block.subarray(0, used));
    block = NO_BYTES;
    used = 0;
  }

  function reserve(size: number): void {
    if (used + size <= block.length) return;
    const next = Math.max(size, Math.min(Math.max(block.length * 2, SMALLEST_BLOCK), LARGEST_BLOCK));
    closeBlock();
    // First told, then taken: being told may move the blocks so far to disk.
    grow(next);
    block = Buffer.allocUnsafeSlow(next);
  }

  function grow(by: number): void {
    held += by;
    memory.changed(by);
  }

  function spill(): void {
    if (reading > 0) return;
    closeBlock();
    if (blocks[0] === undefined) return;
    mkdirSync(dirname(file), { recursive: true });
    // Not for appending: what a full disk cut short is to be written over the next time.
    const handle = openSync(file, spilled.length === 0 ? 'w' : 'r+');
    try {
      while (blocks[0] !== undefined) {
        writeWhole(handle, blocks[0], spilledBytes);
        spilled.push(blocks[0].length);
        spilledBytes += blocks[0].length;
        grow(-blocks[0].buffer.byteLength);
        blocks.shift();
      }
    } finally {
      closeSync(handle);
    }
  }

  return {
    append(record) {
      const sequence = record.sequenceNumber;
      const size = HEADER_BYTES + sequence.length + record.data.length;
      reserve(size);
      let at = block.writeUInt32LE(record.data.length, used);
      at = block.writeDoubleLE(record.arrival, at);
      at = block.writeUInt32LE(record.subsequenceNumber, at);
      at = block.writeUInt8(sequence.length, at);
      at += block.write(sequence, at, 'latin1');
      record.data.copy(block, at);
      used += size;
      bytes += record.data.length;
      records++;
      if (record.arrival < oldest) oldest = record.arrival;
    },
    bytes: () => bytes,
    records: () => records,
    oldest: () => oldest,
    async *read() {
      closeBlock();
      reading++;
      try {
        if (spilled.length > 0) yield* fromFile(file, spilled);
        for (const from of blocks) yield frames(from);
      } finally {
        reading--;
      }
    },
    discard() {
      release();
      blocks.length = 0;
      block = NO_BYTES;
      used = 0;
      if (spilled.length > 0) rmSync(file, { force: true });
    },
  };
}

async function* fromFile(file: string, lengths: readonly number[]): AsyncGenerator<readonly BufferedRecord[]> {
  const handle = await open(file, 'r');
  try {
    let position = 0;
    for (const length of lengths) {
      const block = Buffer.allocUnsafeSlow(length);
      await readWhole(handle, block, position);
      position += length;
      yield frames(block);
    }
  } finally {
    await handle.close();
  }
}

function writeWhole(handle: number, bytes: Buffer, position: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(handle, bytes, done, bytes.length - done, position + done);
}

async function readWhole(handle: FileHandle, into: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error('a buffer file is shorter than what was written to it');
    done += bytesRead;
  }
}

function frames(block: Buffer): BufferedRecord[] {
  const found: BufferedRecord[] = [];
  let at = 0;
  while (at < block.length) {
    const length = block.readUInt32LE(at);
    const arrival = block.readDoubleLE(at + 4);
    const subsequenceNumber = block.readUInt32LE(at + 12);
    const start = at + HEADER_BYTES + block.readUInt8(at + 16);
    const sequenceNumber = block.toString('latin1', at + HEADER_BYTES, start);
    found.push({ data: block.subarray(start, start + length), arrival, sequenceNumber, subsequenceNumber });
    at = start + length;
  }
  return found;
}
