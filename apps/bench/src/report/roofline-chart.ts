// The chart of a roofline: a line a tier with its name at the end, memory and cache as slopes, a point a layer.
import { drawForBoth, logarithmic, type Spec } from './chart.ts'
import type { Html } from './html.ts'
import { type Look, scalesOf } from './look.ts'
import { apart, type Roofline, underRoof } from './roofline.ts'

const HEIGHT = 330
/** Around the plot: both axes, and the names of tiers at the ends of their lines. */
const PADDING = { left: 68, right: 96, top: 8, bottom: 40 }
/** Of the name of the vertical axis: by itself it keeps away from labels as long as they are taken for. */
const NAME_X = -50
/** Of a line of text. */
const LINE = 13
const MARGIN = 1.6
export const CACHE_DASH: readonly number[] = [3, 3]

/** @param tier in force, drawn strongest */
export async function rooflineChart(roofline: Roofline, looks: Readonly<Record<string, Look>>, tier: string): Promise<Html> {
  const about = `Roofline of ${roofline.threads} threads: GFLOP/s by FLOPs a byte, a line a tier, a point a layer`
  return drawForBoth((width) => specOf(width, roofline, looks, tier), about)
}

function specOf(width: number, roofline: Roofline, looks: Readonly<Record<string, Look>>, tier: string): Spec {
  const { peaks, memory, cache, spots } = roofline
  const top = peaks[peaks.length - 1].gflops
  const between = (values: readonly number[]) => [Math.min(...values) / MARGIN, Math.max(...values) * MARGIN]
  const [left, right] = between([...spots.map(({ intensity }) => intensity), top / memory.gbPerSecond, top / cache.gbPerSecond])
  const [bottom, high] = between([...spots, ...peaks].map(({ gflops }) => gflops))
  const x = { field: 'intensity', type: 'quantitative', title: 'FLOPs a byte', ...logarithmic(left, right) }
  const vertical = logarithmic(bottom, high)
  const axis = { ...vertical.axis, titleX: NAME_X }
  const y = { field: 'gflops', type: 'quantitative', title: 'GFLOP/s', ...vertical, axis }
  const strength = { condition: { test: 'datum.chosen', value: 'var(--ink)' }, value: 'var(--line)' }
  const roofs = peaks.flatMap(({ tier: name, gflops }) =>
    [left, gflops / memory.gbPerSecond, right].map((intensity) => ({
      tier: name,
      chosen: name === tier,
      intensity: Math.min(Math.max(intensity, left), right),
      gflops: underRoof(gflops, memory, Math.min(Math.max(intensity, left), right)),
    })),
  )
  const slope = [left, top / cache.gbPerSecond].map((intensity) => ({ intensity, gflops: intensity * cache.gbPerSecond }))
  const { color, shape } = scalesOf(looks, Object.keys(looks))
  const way = { field: 'series', type: 'nominal', legend: null }
  return {
    width: width - PADDING.left - PADDING.right,
    height: HEIGHT,
    autosize: 'none',
    padding: PADDING,
    layer: [
      {
        data: { values: slope },
        mark: { type: 'line', color: 'var(--quiet)', strokeDash: CACHE_DASH, strokeWidth: 1.5, clip: true },
        encoding: { x, y },
      },
      {
        data: { values: roofs },
        mark: { type: 'line', strokeWidth: 1.75, clip: true },
        encoding: { x, y, detail: { field: 'tier' }, stroke: strength },
      },
      {
        data: { values: namesOf(roofline, tier, right, bottom, high) },
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fontSize: 11 },
        encoding: {
          x,
          y,
          text: { field: 'text' },
          color: { condition: { test: 'datum.chosen', value: 'var(--ink)' }, value: 'var(--quiet)' },
        },
      },
      {
        data: { values: spots },
        mark: { type: 'point', filled: true, size: 42, opacity: 0.85, stroke: 'var(--card)', strokeWidth: 0.75 },
        encoding: { x, y, color: { ...way, scale: color }, shape: { ...way, scale: shape } },
      },
    ],
  } as Spec
}

/** The name of each tier at the end of its line, or as near as the others leave room. */
function namesOf({ peaks }: Roofline, tier: string, intensity: number, bottom: number, high: number) {
  const perPixel = Math.log(high / bottom) / HEIGHT
  const places = apart(
    peaks.map(({ gflops }) => Math.log(gflops)),
    LINE * perPixel,
    Math.log(high),
  )
  return peaks.map(({ tier: name, gflops }, index) => ({
    text: `${name} ${shortly(gflops)}`,
    chosen: name === tier,
    intensity,
    gflops: Math.exp(places[index]),
  }))
}

function shortly(gflops: number): string {
  return gflops < 10_000 ? gflops.toFixed(0) : `${(gflops / 1000).toFixed(0)}k`
}
