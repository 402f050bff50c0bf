// Charts with a line a layer, its name and time above what is drawn: bars of parts, or a point for each library.
import { number } from '../layout.ts'
import { drawForBoth, HALF, logarithmic, type Spec } from './chart.ts'
import type { Html } from './html.ts'
import { type Look, scalesOf } from './look.ts'

const LINE = 32
/** From the middle of a line: its words, and what is drawn. */
const [ABOVE, BELOW] = [-5, 8]
/** Of the time at the other end of the words. */
const TIME = 70
/** Of the page on a desk. */
export const WIDE = 1110
/** Of a letter of a name, more than most have. */
const LETTER = 7

export interface Bar {
  readonly name: string
  /** Of the whole. */
  readonly ms: number
  /** Milliseconds by name, in the order that they are drawn. */
  readonly parts: Readonly<Record<string, number>>
}

export function barChart(bars: readonly Bar[], colors: Readonly<Record<string, string>>, about: string): Promise<Html> {
  const values = bars.flatMap(({ parts }, at) => {
    let from = 0
    return Object.entries(parts).map(([part, ms]) => {
      const begin = from
      from += ms
      return { at, part, from: begin, to: from }
    })
  })
  const most = Math.max(...values.map(({ to }) => to))
  const x = { title: 'milliseconds', scale: { domain: [0, most], nice: true }, axis: { format: '~r', tickCount: 6 } }
  const part = { domain: Object.keys(colors), range: Object.values(colors) }
  return lines(bars, about, WIDE, x, (y) => [
    {
      data: { values },
      mark: { type: 'bar', height: 9, yOffset: BELOW },
      encoding: {
        y,
        x: { field: 'from', type: 'quantitative' },
        x2: { field: 'to' },
        color: { field: 'part', type: 'nominal', legend: null, scale: part },
      },
    },
  ])
}

export interface Dots {
  readonly name: string
  /** Of the first series. */
  readonly ms: number | null
  /** Milliseconds by series. */
  readonly series: Readonly<Record<string, number>>
}

/** Times differ by powers of ten and so does the scale. @param desk its width where there is room */
export function dotChart(
  layers: readonly Dots[],
  looks: Readonly<Record<string, Look>>,
  about: string,
  desk = HALF,
): Promise<Html> {
  const values = layers.flatMap(({ series }, at) => Object.entries(series).map(([name, ms]) => ({ at, name, ms })))
  const times = values.map(({ ms }) => ms)
  const x = { title: 'milliseconds, on a logarithmic scale', ...logarithmic(Math.min(...times) / 1.2, Math.max(...times) * 1.2) }
  const { color, shape } = scalesOf(looks, Object.keys(looks))
  const way = { field: 'name', type: 'nominal', legend: null }
  return lines(layers, about, desk, x, (y) => [
    {
      data: { values },
      mark: { type: 'point', filled: true, size: 46, opacity: 0.9, yOffset: BELOW },
      encoding: {
        y,
        x: { field: 'ms', type: 'quantitative' },
        color: { ...way, scale: color },
        shape: { ...way, scale: shape },
      },
    },
  ])
}

/** @param marks what is drawn on each line, given the axis of lines */
function lines(
  layers: readonly { readonly name: string; readonly ms: number | null }[],
  about: string,
  desk: number,
  { title, scale, axis }: { readonly title: string; readonly scale: object; readonly axis: object },
  marks: (y: object) => readonly object[],
): Promise<Html> {
  const y = { field: 'at', type: 'ordinal', axis: null, scale: { type: 'band', domain: layers.map((_, at) => at), padding: 0 } }
  const top = { orient: 'top', domain: false, offset: 4 }
  const text = (align: string, x: object, texts: readonly string[]) => ({
    data: { values: texts.map((text, at) => ({ at, text })) },
    mark: { type: 'text', align, baseline: 'middle', yOffset: ABOVE, fontSize: 11, color: 'var(--ink)' },
    encoding: { y, x, text: { field: 'text' } },
  })
  const times = layers.map(({ ms }) => (ms === null ? '' : `${number(ms)} ms`))
  const specOf = (width: number): Spec =>
    ({
      width,
      height: layers.length * LINE + 40,
      layer: [
        text(
          'left',
          { value: 0 },
          layers.map(({ name }) => shortened(name, Math.floor((width - TIME) / LETTER))),
        ),
        text('right', { value: 'width' }, times),
        ...marks(y),
      ],
      encoding: { x: { type: 'quantitative', title, scale, axis: { ...axis, ...top } } },
    }) as unknown as Spec
  return drawForBoth(specOf, about, desk)
}

/** To so many letters, without its middle: names of layers differ at both ends. */
export function shortened(name: string, most: number): string {
  const letters = [...name]
  if (letters.length <= most) return name
  const head = Math.ceil((most - 1) / 2)
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`
}
