// Telling V8 to pair 128-bit vectors into 256-bit ones: a process-wide flag, so only where the caller asks.
import { setFlagsFromString } from 'node:v8'

const FLAG = '--experimental-wasm-revectorize'

let allowed = process.execArgv.includes(FLAG) || (process.env.NODE_OPTIONS ?? '').split(/\s+/).includes(FLAG)

/**
 * Lets V8 join pairs of WebAssembly vectors, which the `paired` tier is written for. Sets a V8 flag for the whole process:
 * call it once, at the start of a program, before any WebAssembly is compiled. Does nothing where V8 has no such flag.
 */
export function allowPairing(): void {
  if (allowed || process.arch !== 'x64' || Number(process.versions.node.split('.')[0]) < 24) return
  setFlagsFromString(FLAG)
  allowed = true
}

export function pairingAllowed(): boolean {
  return allowed
}
