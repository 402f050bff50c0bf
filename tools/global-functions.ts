// Functions and classes of the language under names of their own, which a minifier shortens as it does others: 6 of the 300 kB of core's bundle.
// They are names that no variable has (a test looks): a variable would hide them.
export const { abs: mathAbs, ceil: mathCeil, clz32: mathClz32, floor: mathFloor, max: mathMax, min: mathMin } = Math
export const { round: mathRound, sign: mathSign, sqrt: mathSqrt, trunc: mathTrunc } = Math
export const { entries: entriesOf, freeze: freezeObject, fromEntries: objectFrom, keys: keysOf, values: valuesOf } = Object
// Without a class to construct it makes arrays.
export const { from: arrayFrom } = Array
export const { Float32Array: FloatNumbers, Int32Array: IntNumbers, Uint8Array: ByteNumbers } = globalThis

/** What esbuild puts in their place. */
export const GLOBAL_FUNCTIONS = {
  'Math.abs': 'mathAbs',
  'Math.ceil': 'mathCeil',
  'Math.clz32': 'mathClz32',
  'Math.floor': 'mathFloor',
  'Math.max': 'mathMax',
  'Math.min': 'mathMin',
  'Math.round': 'mathRound',
  'Math.sign': 'mathSign',
  'Math.sqrt': 'mathSqrt',
  'Math.trunc': 'mathTrunc',
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
