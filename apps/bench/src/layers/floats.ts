// Lists of float32: files of raw ones, and several as one.
import { readFileSync, writeFileSync } from 'node:fs'

export function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path)
  const floats = new Float32Array(bytes.byteLength / 4)
  bytesOf(floats).set(bytes)
  return floats
}

export function writeFloats(path: string, floats: Float32Array): void {
  writeFileSync(path, bytesOf(floats))
}

/** One after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)
}
