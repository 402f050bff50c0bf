// A panel: the pixels of a line of register tiles, copied to where the tiles read them one after the other.
import type { ConvDescriptor } from '../conv/descriptor.ts'
import type { Access, KernelFunction, Machine, MachineTraits } from '../isa/machine.ts'
import type { Bindings, Callable, Plan } from './kernel.ts'
import { MANY_REGISTERS } from './registers.ts'
import { lastVectors, RUN_WORDS, TILE_ARGS, type TileShape } from './tile.ts'
import { type TileCall, writeTileArgs } from './tile-call.ts'
import { type ChannelTile, shapeOf } from './tiling.ts'

/**
 * Channel tiles of a group that make up for the copy, where the rows of a kernel make taps lie far apart and where not; and products
 * below which the first cache holds all pixels of a tile.
 */
const [LEAST_TILES_APART, LEAST_TILES, LEAST_PRODUCTS] = [10, 20, 48]
/**
 * Floats under some rows of output, about `WINDOW_PIXELS`, from which on those machines too have panels: what processors fetch of a page
 * beside what is asked for leaves the second cache no room. Transposed convolutions, whose taps lie close, take half as long again by them.
 */
const [WIDE_WINDOW, WINDOW_PIXELS] = [160 * 1024, 144]
/** Bytes of a panel at most, but for one tile's: it stays in the second cache while all output channels pass over it. */
const PANEL_BYTES = 512 * 1024

/**
 * The shape of tiles that read panels; null where they read pixels in place. There every channel is a page of its own, and pages
 * known to a processor are few: pixels that each of many channel tiles reads are fetched once.
 */
export function panelShape(
  { ic, groups, kernel: [kd, kh], stride, dilation, input, output, transposed }: ConvDescriptor,
  tiles: readonly ChannelTile[],
  products: number,
  traits: MachineTraits,
): TileShape | null {
  const perGroup = tiles.filter(({ group }) => group === 0)
  const least = kd * kh > 1 && !transposed ? LEAST_TILES_APART : LEAST_TILES
  const few = perGroup.length < least || products < LEAST_PRODUCTS
  const rows = (kh - 1) * dilation[1] + (WINDOW_PIXELS * stride[1]) / output[2]
  const narrow = transposed || (ic / groups) * kd * input[2] * rows < WIDE_WINDOW
  if ((traits.registers >= MANY_REGISTERS && narrow) || few) return null
  const shapes = perGroup.map(({ rows }) => shapeOf(rows, traits))
  return shapes.every(({ cols }) => cols === shapes[0].cols) ? shapes[0] : null
}

/** Pixels of a block that has a panel, at most. */
export function panelPixels(products: number): number {
  return PANEL_BYTES / (4 * products)
}

/** Bytes of a tile's pixels, and of the panel of a line. */
export function panelTileBytes({ cols }: TileShape, products: number, { lanes }: MachineTraits): number {
  return 4 * cols * lanes * products
}
export function panelBytes(shape: TileShape, pixels: number, products: number, traits: MachineTraits): number {
  return Math.ceil(pixels / (shape.cols * traits.lanes)) * panelTileBytes(shape, products, traits)
}

/** The runs of tiles that read a panel: products follow each other, whatever lies between their weights. */
export function panelRuns(runs: Int32Array, { cols }: TileShape, { lanes }: MachineTraits): Int32Array {
  const table: number[] = []
  let [next, count] = [-1, 0]
  for (let run = 0; run < runs.length; run += RUN_WORDS) {
    const [first, products] = [runs[run + 1], runs[run + 2]]
    if (first === next) table[table.length - 1] += products
    else table.push(4 * cols * lanes * count, first, products)
    next = first + products
    count += products
  }
  return Int32Array.from(table)
}

/** Fills the panel at word `y` of a tile function's argument block from what the tiles would read, as the other words say. */
export function panelFunction(shape: TileShape): KernelFunction {
  return {
    name: `f32-panel-${shape.cols}`,
    words: TILE_ARGS.tails + shape.cols,
    emit: (m) => emitPanel(m, shape),
    touches: (words, args, { lanes }) => panelTouches(words, args, shape, lanes),
  }
}

/** What tiles would read in place, and where the panel is. */
export type PanelSource = Pick<TileCall, 'x' | 'runs' | 'runCount' | 'runStride' | 'pixels' | 'exact'> & {
  readonly panel: number
}

/** Fills a worker's panel, unless it holds the pixels of that key already. */
export function panelFiller(
  plan: Plan,
  shape: TileShape,
  code: ReadonlyMap<string, Callable>,
  memory: ArrayBufferLike,
): (key: number, source: PanelSource, at: Bindings) => void {
  const words = new Int32Array(memory)
  const fill = code.get(panelFunction(shape).name) as Callable
  return (key, { panel, ...source }, at) => {
    const pixels = { plan, x: at.x, key }
    if (at.staged.has(pixels)) return
    const call = { ...source, y: panel, yChannelStride: 0, weights: 0, weightsStep: 0, tiles: 1 }
    writeTileArgs(words, at.private / 4, call, shape, plan.traits.lanes)
    fill(at.private)
    at.staged.held = pixels
  }
}

function emitPanel(m: Machine, { cols }: TileShape): void {
  const width = 4 * m.traits.lanes
  const [x, to] = [m.arg(TILE_ARGS.x), m.arg(TILE_ARGS.y)]
  const stride = m.arg(TILE_ARGS.runStride)
  const emitTile = (vectors: number) => {
    const runs = m.arg(TILE_ARGS.runs)
    m.loop(m.arg(TILE_ARGS.runCount), () => {
      const [at, products] = [m.int(), m.int()]
      m.loadInt(at, runs, 0)
      m.add(at, x)
      m.loadInt(products, runs, 8)
      const pixels = Array.from({ length: vectors }, () => m.vec())
      m.loop(products, () => {
        pixels.forEach((pixel, col) => m.load(pixel, at, col * width))
        pixels.forEach((pixel, col) => m.store(to, col * width, pixel))
        m.add(at, stride)
        m.add(to, cols * width)
      })
      m.add(runs, 4 * RUN_WORDS)
    })
  }
  m.scope(() =>
    m.loop(m.arg(TILE_ARGS.full), () => {
      emitTile(cols)
      m.add(x, cols * width)
    }),
  )
  for (let narrow = 1; narrow <= cols; narrow++) {
    m.scope(() =>
      m.loop(m.arg(TILE_ARGS.tails + narrow - 1), () => {
        const first = m.arg(TILE_ARGS.x)
        m.move(x, first)
        m.scope(() => m.add(x, m.arg(TILE_ARGS.tailOffset)))
        emitTile(narrow)
      }),
    )
  }
}

function panelTouches(words: Int32Array, args: number, { cols }: TileShape, lanes: number): Access[] {
  const arg = (name: keyof typeof TILE_ARGS) => words[args + TILE_ARGS[name]] >>> 0
  const width = 4 * lanes
  const narrow = lastVectors(words, args, cols)
  const line = Math.max(arg('full') * cols * width, narrow === 0 ? 0 : arg('tailOffset') + narrow * width)
  const [runs, count, stride] = [arg('runs'), arg('runCount'), words[args + TILE_ARGS.runStride]]
  const touched = [{ from: runs, to: runs + 4 * RUN_WORDS * count }]
  let all = 0
  for (let run = 0; run < count; run++) {
    const [at, , products] = words.subarray(runs / 4 + run * RUN_WORDS, runs / 4 + (run + 1) * RUN_WORDS)
    const [begin, end] = [(arg('x') + at) >>> 0, (arg('x') + at + (products - 1) * stride) >>> 0]
    touched.push({ from: Math.min(begin, end), to: Math.max(begin, end) + line })
    all += products
  }
  const tiles = arg('full') + Math.sign(narrow)
  return [...touched, { from: arg('y'), to: arg('y') + tiles * all * cols * width }]
}
