// Files of raw float32.
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

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)
}
