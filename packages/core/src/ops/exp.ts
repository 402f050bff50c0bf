// e^x for float32 results: a few times faster than Math.exp, which is exact to more digits than they hold.

const LOWEST = -110
const HIGHEST = 90
/** 2^n for n from -160 to 130. */
const POWERS = Float64Array.from({ length: 291 }, (_, index) => 2 ** (index - 160))

/**
 * e^x with a relative error below 1e-9: 2^n times the Taylor series of e^r, |r| <= ln(2) / 2, in double precision.
 * Beyond the range of float32 the result rounds to 0 or infinity, as it should; NaN stays NaN.
 */
export function exp(x: number): number {
  if (!(x > LOWEST && x < HIGHEST)) return Math.exp(x)
  const n = Math.floor(x * Math.LOG2E + 0.5)
  const r = x - n * Math.LN2
  const tail = 1 / 120 + r * (1 / 720 + r * (1 / 5040 + r * (1 / 40320)))
  return POWERS[n + 160] * (1 + r * (1 + r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * tail)))))
}
