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
/** Tiles that are copied together: of a channel, a page of its own, so many pixels at once. */
const TOGETHER = 4
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
    words: panelWords(shape).tileBytes + 1,
    emit: (m) => emitPanel(m, shape),
    touches: (words, args, { lanes }) => panelTouches(words, args, shape, lanes),
  }
}

/** Words of the argument block behind those of a tile function: full tiles by `TOGETHER`, single ones after them, bytes of each in the panel. */
function panelWords({ cols }: TileShape) {
  const together = TILE_ARGS.tails + cols
  return { together, singles: together + 1, tileBytes: together + 2 }
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
    const args = at.private / 4
    writeTileArgs(words, args, call, shape, plan.traits.lanes)
    let products = 0
    for (let run = 0; run < source.runCount; run++) products += words[source.runs / 4 + run * RUN_WORDS + 2]
    const [{ together, singles, tileBytes }, full] = [panelWords(shape), words[args + TILE_ARGS.full]]
    words[args + together] = Math.floor(full / TOGETHER)
    words[args + singles] = full % TOGETHER
    words[args + tileBytes] = panelTileBytes(shape, products, plan.traits)
    fill(at.private)
    at.staged.held = pixels
  }
}

function emitPanel(m: Machine, shape: TileShape): void {
  const { cols } = shape
  const { together, singles, tileBytes } = panelWords(shape)
  const width = 4 * m.traits.lanes
  const [x, to] = [m.arg(TILE_ARGS.x), m.arg(TILE_ARGS.y)]
  const stride = m.arg(TILE_ARGS.runStride)
  /** Moves `to` behind the tiles. */
  const emitCopies = (tiles: number, vectors: number) => {
    const places = [to]
    for (let tile = 1; tile < tiles; tile++) {
      places.push(m.arg(tileBytes))
      m.add(places[tile], places[tile - 1])
    }
    const runs = m.arg(TILE_ARGS.runs)
    m.loop(m.arg(TILE_ARGS.runCount), () => {
      const [at, products] = [m.int(), m.int()]
      m.loadInt(at, runs, 0)
      m.add(at, x)
      m.loadInt(products, runs, 8)
      const pixels = places.map(() => Array.from({ length: vectors }, () => m.vec()))
      m.loop(products, () => {
        pixels.flat().forEach((pixel, index) => m.load(pixel, at, index * width))
        pixels.forEach((tile, index) => {
          tile.forEach((pixel, col) => m.store(places[index], col * width, pixel))
          m.add(places[index], cols * width)
        })
        m.add(at, stride)
      })
      m.add(runs, 4 * RUN_WORDS)
    })
    if (tiles > 1) m.move(to, places[tiles - 1])
  }
  for (const [word, tiles] of [
    [together, TOGETHER],
    [singles, 1],
  ]) {
    m.scope(() =>
      m.loop(m.arg(word), () => {
        m.scope(() => emitCopies(tiles, cols))
        m.add(x, tiles * cols * width)
      }),
    )
  }
  for (let narrow = 1; narrow <= cols; narrow++) {
    m.scope(() =>
      m.loop(m.arg(TILE_ARGS.tails + narrow - 1), () => {
        const first = m.arg(TILE_ARGS.x)
        m.move(x, first)
        m.scope(() => m.add(x, m.arg(TILE_ARGS.tailOffset)))
        emitCopies(1, narrow)
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
