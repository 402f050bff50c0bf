// Functions and classes of the language under names of their own, which a minifier shortens as it does others: 6 of the 300 kB of core's bundle.
export const { ceil, clz32, floor, max, min, round, sign, trunc } = Math
// Names that no variable has: it would hide them.
export const { abs: magnitude, sqrt: squareRoot } = Math
export const { entries: entriesOf, freeze: freezeObject, fromEntries: objectFrom, keys: keysOf, values: valuesOf } = Object
// Without a class to construct it makes arrays.
export const { from: arrayFrom } = Array
export const { Float32Array: FloatNumbers, Int32Array: IntNumbers, Uint8Array: ByteNumbers } = globalThis

/** What esbuild puts in their place. */
export const GLOBAL_FUNCTIONS = {
  'Math.abs': 'magnitude',
  'Math.ceil': 'ceil',
  'Math.clz32': 'clz32',
  'Math.floor': 'floor',
  'Math.max': 'max',
  'Math.min': 'min',
  'Math.round': 'round',
  'Math.sign': 'sign',
  'Math.sqrt': 'squareRoot',
  'Math.trunc': 'trunc',
  'Object.entries': 'entriesOf',
  'Object.freeze': 'freezeObject',
  'Object.fromEntries': 'objectFrom',
  'Object.keys': 'keysOf',
  'Object.values': 'valuesOf',
  'Array.from': 'arrayFrom',
  Float32Array: 'FloatNumbers',
  Int32Array: 'IntNumbers',
  Uint8Array: 'ByteNumbers',
  'Number.POSITIVE_INFINITY': 'Infinity',
}
