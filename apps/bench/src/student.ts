// Student's t: how many standard errors an interval reaches when they are known from few samples.

const STEPS = 60
const MOST = 1e6

/** The t that lies beyond `level` of the distribution of |t|. @param freedom degrees of freedom, a whole number from 1 */
export function studentReach(level: number, freedom: number): number {
  let [low, high] = [0, MOST]
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    if (within(middle, freedom) < level) low = middle
    else high = middle
  }
  return high
}

/** Part of the distribution from -t to t: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. */
function within(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom))
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const even = freedom % 2 === 0
  let term = even ? 1 : cosine
  let sum = freedom === 1 ? 0 : term
  for (let power = even ? 2 : 3; power <= freedom - 2; power += 2) {
    term *= (cosine ** 2 * (power - 1)) / power
    sum += term
  }
  return even ? sine * sum : (2 / Math.PI) * (angle + sine * sum)
}
