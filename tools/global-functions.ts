// Functions of the language under names of their own, which a minifier shortens as it does others: 4 of the 300 kB of core's bundle.
export const { ceil, clz32, floor, max, min, round, sign, trunc } = Math
// Without a class to construct it makes arrays.
export const { from: arrayFrom } = Array

/** What esbuild puts in their place. */
export const GLOBAL_FUNCTIONS = {
  'Math.ceil': 'ceil',
  'Math.clz32': 'clz32',
  'Math.floor': 'floor',
  'Math.max': 'max',
  'Math.min': 'min',
  'Math.round': 'round',
  'Math.sign': 'sign',
  'Math.trunc': 'trunc',
  'Array.from': 'arrayFrom',
  'Number.POSITIVE_INFINITY': 'Infinity',
}
