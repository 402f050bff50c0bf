// What a curve says, in words: how fast, the serial fraction, contention and coherency, and what could not be fitted.
import { type Curve, PROJECTED } from './curve.ts'
import { bestThreads, countsToFit, type Law, speedupOf } from './fit.ts'

export function curveWords(curve: Curve): string[] {
  return [measuredWords(curve), amdahlWords(curve), universalWords(curve), projectionWords(curve)].filter((words) => words !== '')
}

function measuredWords({ points, fitted }: Curve): string {
  const { threads, speedup } = points[points.length - 1]
  if (threads === 1) return 'Only one thread was measured: there is no speed-up to tell.'
  const beyond = points.length - fitted.length
  const spare =
    beyond === 0 ? '' : ` ${beyond} of the thread counts have more threads than there are cores: shown, but not fitted.`
  return `${times(speedup)} as fast on ${threads} threads, an efficiency of ${percent(speedup / threads)}.${spare}`
}

function amdahlWords({ amdahl, fitted }: Curve): string {
  if (amdahl === null) return ''
  const { contention } = amdahl
  const checked = countsToFit(fitted) === 1 ? ' One thread count above one fixes this number and leaves none to check it by.' : ''
  if (contention === 1) return `Amdahl's law finds nothing but a serial fraction: more threads were no faster.${checked}`
  if (contention === 0)
    return `Amdahl's law finds no serial fraction: the speed-up is no less than the number of threads.${checked}`
  return (
    `Serial fraction ${percent(contention)} (Amdahl's law): so much of the work is not shortened by more threads, ` +
    `which allows at most ${times(1 / contention)}.${checked}`
  )
}

function universalWords({ universal, fitted }: Curve): string {
  const counts = countsToFit(fitted)
  if (counts === 0) return ''
  if (universal === null) {
    return (
      'Contention and coherency (the Universal Scalability Law) cannot be told apart: that takes at least two thread counts ' +
      'above one, each with cores of its own, and there is one.'
    )
  }
  const { contention, coherency } = universal
  const best = bestThreads(universal)
  const limit = Number.isFinite(best) ? ` More than ${Math.max(1, Math.round(best))} threads would be slower.` : ''
  const checked = counts === 2 ? ' Two thread counts above one fix these numbers and leave none to check them by.' : ''
  return (
    `Contention ${percent(contention)}: threads that wait for their turn. Coherency ${percent(coherency)}: each pair of threads ` +
    `keeping in step (the Universal Scalability Law).${limit}${checked}`
  )
}

function projectionWords({ amdahl, universal, fitted }: Curve): string {
  const most = fitted[fitted.length - 1]?.threads ?? 1
  if (amdahl === null || most >= PROJECTED) return ''
  const by = (
    [
      ['Amdahl', amdahl],
      ['the Universal law', universal],
    ] as [string, Law | null][]
  ).flatMap(([name, law]) => (law === null ? [] : [`${times(speedupOf(law, PROJECTED))} by ${name}`]))
  return `Projected to ${PROJECTED} cores, not measured: ${by.join(', ')}; from ${most} cores that is ${PROJECTED / most} times further than was seen.`
}

function times(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} times`
}

function percent(part: number): string {
  const value = 100 * part
  return `${value !== 0 && value < 1 ? value.toPrecision(2) : value.toFixed(1)}%`
}
