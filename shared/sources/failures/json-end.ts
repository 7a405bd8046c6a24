const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How far a JSON value has been read. */
export interface JsonState {
  depth: number;
  inString: boolean;
  escaped: boolean;
}

export function jsonState(): JsonState {
  return { depth: 0, inString: false, escaped: false };
}

/** The index behind the end of the object or array that is being read; -1 where the bytes end before it. */
export function jsonEnd(bytes: Uint8Array, from: number, state: JsonState): number {
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i];
    if (state.inString) {
      if (state.escaped) state.escaped = false;
      else if (byte === BACKSLASH) state.escaped = true;
      else if (byte === QUOTE) state.inString = false;
    } else if (byte === QUOTE) state.inString = true;
    else if (byte === 0x7b || byte === 0x5b) state.depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      state.depth -= 1;
      if (state.depth <= 0) return i + 1;
    }
  }
  return -1;
}
