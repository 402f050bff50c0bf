// Charts of speed-up and efficiency by threads, with the ideal line and the fitted laws, and of the projection to many cores.
import { drawForBoth, type Spec } from './chart.ts'
import { type Curve, PROJECTED } from './curve.ts'
import { type Law, speedupOf } from './fit.ts'
import type { Html } from './html.ts'
import { legend, lineKey, pointKey } from './legend.ts'
import { MODE_LOOKS, scalesOf } from './look.ts'

const HEIGHT = 300
const DASHES: Readonly<Record<string, readonly number[]>> = { ideal: [1, 0], Amdahl: [7, 4], Universal: [2, 3] }
/** Points of a law that is drawn as a line. */
const STEPS = 48

interface Sample {
  readonly threads: number
  readonly speedup: number
  readonly efficiency: number
}

export async function speedupChart(curves: readonly Curve[], desk: number): Promise<Html> {
  const most = mostThreads(curves)
  const y = { field: 'speedup', type: 'quantitative', title: 'speed-up', scale: { zero: true } }
  return drawn(chart(curves, most, threadsAxis(most), y), 'Speed-up by threads, with the ideal line and fitted laws', desk)
}

export async function efficiencyChart(curves: readonly Curve[], desk: number): Promise<Html> {
  const most = mostThreads(curves)
  const top = Math.max(1.1, ...curves.flatMap(({ points }) => points.map(({ threads, speedup }) => speedup / threads)))
  const y = { field: 'efficiency', type: 'quantitative', title: 'efficiency', axis: { format: '%' }, scale: { domain: [0, top] } }
  return drawn(chart(curves, most, threadsAxis(most), y), 'Efficiency by threads: speed-up over threads', desk)
}

/** The projected part is shaded. */
export async function projectionChart(curves: readonly Curve[], desk: number): Promise<Html> {
  const from = mostThreads(curves)
  const values = [1, 2, 4, 8, 16, 32, PROJECTED]
  const least = Math.min(1, ...curves.flatMap(({ points }) => points.map(({ speedup }) => speedup)))
  const log = (from: number) => ({ type: 'log', base: 2, domain: [from, PROJECTED], nice: false })
  const x = { field: 'threads', type: 'quantitative', title: 'cores', scale: log(1), axis: { values, format: 'd' } }
  const y = { field: 'speedup', type: 'quantitative', title: 'speed-up', scale: log(least), axis: { values, format: 'd' } }
  const shade = {
    data: { values: [{ threads: from, end: PROJECTED }] },
    mark: { type: 'rect', color: 'var(--shade)' },
    encoding: { x: { field: 'threads', type: 'quantitative' }, x2: { field: 'end' } },
  }
  const spec = chart(curves, PROJECTED, x, y) as { layer: object[] }
  return drawn({ ...spec, layer: [shade, ...spec.layer] } as Spec, `Speed-up projected to ${PROJECTED} cores`, desk)
}

function drawn(spec: Spec, about: string, desk: number): Promise<Html> {
  return drawForBoth((width) => ({ ...spec, width }) as Spec, about, desk)
}

function chart(curves: readonly Curve[], most: number, x: object, y: object): Spec {
  const modes = curves.map(({ mode }) => mode)
  const { color, shape } = scalesOf(MODE_LOOKS, modes)
  const dash = {
    field: 'law',
    type: 'nominal',
    legend: null,
    scale: { domain: Object.keys(DASHES), range: Object.values(DASHES) },
  }
  const ideal = { contention: 0, coherency: 0 }
  const laws = curves.flatMap(({ mode, amdahl, universal }) => [
    ...lineOf(amdahl, most).map((sample) => ({ ...sample, mode, law: 'Amdahl' })),
    ...lineOf(universal, most).map((sample) => ({ ...sample, mode, law: 'Universal' })),
  ])
  const points = curves.flatMap(({ mode, points }) =>
    points.map((point) => ({ ...sampleOf(point.threads, point.speedup), mode })),
  )
  const way = { field: 'mode', type: 'nominal', legend: null }
  return {
    height: HEIGHT,
    layer: [
      {
        data: { values: lineOf(ideal, most).map((sample) => ({ ...sample, law: 'ideal' })) },
        mark: { type: 'line', color: 'var(--quiet)', strokeWidth: 1.5, clip: true },
        encoding: { x, y, strokeDash: dash },
      },
      {
        data: { values: laws },
        mark: { type: 'line', strokeWidth: 1.75, clip: true },
        encoding: { x, y, color: { ...way, scale: color }, strokeDash: dash },
      },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { x, y, color: { ...way, scale: color }, shape: { ...way, scale: shape } },
      },
    ],
  } as Spec
}

/** What the points and lines of the charts are. */
export function curvesLegend(curves: readonly Curve[]): Html {
  const drawn = ['ideal', 'Amdahl', 'Universal'].filter((law) => law !== 'Universal' || curves.some(({ universal }) => universal))
  return legend([
    ...curves.map(({ mode }) => pointKey(MODE_LOOKS[mode], `${mode}, measured`)),
    ...drawn.map((law) => lineKey('var(--quiet)', DASHES[law], law === 'Universal' ? 'Universal Scalability Law' : law)),
  ])
}

function threadsAxis(most: number) {
  return {
    field: 'threads',
    type: 'quantitative',
    title: 'threads',
    scale: { domain: [1, Math.max(2, most)], nice: false },
    axis: { tickMinStep: 1, tickCount: Math.min(8, most), format: 'd' },
  }
}

function mostThreads(curves: readonly Curve[]): number {
  return Math.max(...curves.flatMap(({ points }) => points.map(({ threads }) => threads)))
}

function lineOf(law: Law | null, most: number): Sample[] {
  if (law === null) return []
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const threads = most ** (step / STEPS)
    return sampleOf(threads, speedupOf(law, threads))
  })
}

function sampleOf(threads: number, speedup: number): Sample {
  return { threads, speedup, efficiency: speedup / threads }
}
