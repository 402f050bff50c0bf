// The vector machine's operations on some of the lanes, as a function that can be run on any tier.
import type { KernelFunction, MachineTraits } from '@weft/core'

type Lanes = Pick<MachineTraits, 'lanes' | 'masks'>

/** Bytes between lanes: their floats overlap, so that no more than 4 vectors are read. */
const APART = 12

/** The argument block: the addresses of what is read and what is written. */
export const MOVE_ARGS = { from: 0, to: 1 } as const

/**
 * Reads 4 vectors at `from`. Writes at `to`, a vector each: for every count from 1 to `lanes` the first lanes loaded, then the
 * first lanes stored; then the evens and the odds of both vectors; then the phases of 2 and of 4 vectors, and those put back;
 * then the phases of 4 with floats APART bytes from one lane to the next; where there are masks, lanes in the middle, twice, alone and over NaN, evens and
 * odds in two steps, evens moved on and back beside those of the other two vectors, thirds of three, the sum of the first vector and the second times the third float, the lanes that a word at `from` says, loaded and
 * stored, and of 2 and of 4 vectors the phases of floats WITHIN, for each of them, and those put back in the registers.
 */
export const laneMoves: KernelFunction = {
  name: 'lane-moves',
  words: 2,
  touches: () => [],
  emit(m) {
    const { lanes } = m.traits
    const [from, to] = [m.arg(MOVE_ARGS.from), m.arg(MOVE_ARGS.to)]
    const [a, b, result] = [m.vec(), m.vec(), m.vec()]
    m.load(a, from, 0)
    m.load(b, from, 4 * lanes)
    let at = 0
    const next = () => 4 * lanes * at++
    for (let count = 1; count <= lanes; count++) {
      m.loadFirst(result, from, 0, count)
      m.store(to, next(), result)
      m.storeFirst(to, next(), a, count)
    }
    // The same count before, in and after a loop that changes it.
    m.loop(m.number(2), () => {
      m.storeFirst(to, next(), a, lanes)
      m.storeFirst(to, next(), b, 1)
    })
    m.storeFirst(to, next(), b, lanes)
    m.evens(result, a, b)
    m.store(to, next(), result)
    m.odds(result, a, b)
    m.store(to, next(), result)
    for (const count of [2, 4]) {
      const phases = [a, b, result, m.vec()].slice(0, count)
      m.loadPhases(phases, from, 0)
      for (const phase of phases) m.store(to, next(), phase)
      m.storePhases(to, next(), phases)
      at += count - 1
    }
    const apart = [a, b, result, m.vec()]
    m.loadPhases(apart, from, 0, APART)
    for (const phase of apart) m.store(to, next(), phase)
    const { masked } = m
    if (masked === null) return
    // More masks than there are registers for them, each twice.
    for (const end of [...endsOf(lanes), ...endsOf(lanes)]) {
      const first = Math.floor(end / 2)
      masked.loadLanes(result, from, -4 * first, first, end)
      m.store(to, next(), result)
      m.constant(result, Number.NaN)
      masked.loadOver(result, from, -4 * first, first, end)
      m.store(to, next(), result)
    }
    m.load(a, from, 0)
    m.load(b, from, 4 * lanes)
    for (const start of [0, 1] as const) {
      masked.part(result, a, b, start)
      masked.order(result)
      m.store(to, next(), result)
    }
    const [c, d] = [m.vec(), m.vec()]
    m.load(c, from, 8 * lanes)
    m.load(d, from, 12 * lanes)
    masked.part(c, c, d, 0)
    masked.part(d, a, b, 0)
    for (const by of [1, -1] as const) {
      m.scope(() => masked.moveParted(result, d, c, masked.moves(by)))
      masked.order(result)
      m.store(to, next(), result)
    }
    m.load(c, from, 8 * lanes)
    for (const start of [0, 1, 2]) {
      m.scope(() => masked.third(result, [a, b, c], masked.thirds(start)))
      m.store(to, next(), result)
    }
    masked.maddFloat(a, b, from, 8)
    m.store(to, next(), a)
    m.scope(() => {
      const some = [masked.lanesAt(from, 0), masked.lanesAt(from, 2)]
      for (const lanes of some) {
        masked.loadSome(result, from, 0, lanes)
        m.store(to, next(), result)
        masked.storeSome(to, next(), b, lanes)
      }
    })
    for (const count of [2, 4]) {
      const phases = [a, b, result, m.vec()].slice(0, count)
      for (const [first, end] of within(count * lanes)) {
        masked.loadPhasesWithin(phases, from, -4 * Math.max(0, first), first, end)
        for (const phase of phases) m.store(to, next(), phase)
        masked.neighbours(phases)
        for (const vector of phases) m.store(to, next(), vector)
      }
    }
  },
}

/** First floats of `floats`, from none of them on, with every end of a quarter before, at and behind it. */
function within(floats: number): [number, number][] {
  const [first, end] = [
    [0, 1, 4, 6, floats - 3],
    [1, 4, 7, floats - 4, floats - 1, floats],
  ]
  return [...first.flatMap((from) => end.map((to): [number, number] => [from, to])), [-5, floats + 9]]
}

/** Where lanes in the middle end. */
function endsOf(lanes: number): number[] {
  return Array.from({ length: lanes }, (_, index) => index + 1)
}

/** What the function writes over NaN, where the vectors at `from` hold 1, 2, 3 and so on. */
export function movedLanes({ lanes, masks }: Lanes): number[][] {
  const [a, b] = [0, 1].map((vector) => Array.from({ length: lanes }, (_, lane) => vector * lanes + lane + 1))
  const first = (vector: readonly number[], count: number, rest: number) => vector.map((x, lane) => (lane < count ? x : rest))
  const counts = endsOf(lanes)
  const second = (start: number) => [...a, ...b].filter((_, lane) => lane % 2 === start)
  const middle = counts.flatMap((end) => {
    const first = Math.floor(end / 2)
    return [0, Number.NaN].map((rest) => a.map((_, lane) => (lane >= first && lane < end ? lane - first + 1 : rest)))
  })
  return [
    ...counts.flatMap((count) => [first(a, count, 0), first(a, count, Number.NaN)]),
    a,
    first(b, 1, Number.NaN),
    b,
    second(0),
    second(1),
    ...[2, 4].flatMap((count) => {
      const phases = Array.from({ length: count }, (_, phase) => Array.from({ length: lanes }, (_, l) => count * l + phase + 1))
      const vectors = Array.from({ length: count }, (_, vector) =>
        Array.from({ length: lanes }, (_, l) => vector * lanes + l + 1),
      )
      return [...phases, ...vectors]
    }),
    ...[0, 1, 2, 3].map((phase) => Array.from({ length: lanes }, (_, l) => (l * APART) / 4 + phase + 1)),
    ...(masks ? [...middle, ...middle, second(0), second(1)] : []),
    ...(masks
      ? [
          [...second(0).slice(1), 2 * lanes + 1],
          [4 * lanes - 1, ...second(0).slice(0, -1)],
        ]
      : []),
    ...(masks ? [0, 1, 2].map((start) => a.map((_, lane) => 3 * lane + start + 1)) : []),
    ...(masks ? [a.map((x, lane) => x + 3 * b[lane])] : []),
    ...(masks ? someLanes(a, b) : []),
    ...(masks ? [2, 4].flatMap((count) => phasesWithin(count, lanes)) : []),
  ]
}

/** Of the two halves of the word of the float 1. */
function someLanes(a: readonly number[], b: readonly number[]): number[][] {
  return [0x0000, 0x3f80].flatMap((bits) => {
    const among = (lane: number) => ((bits >> lane) & 1) === 1
    return [a.map((x, lane) => (among(lane) ? x : 0)), b.map((x, lane) => (among(lane) ? x : Number.NaN))]
  })
}

function phasesWithin(count: number, lanes: number): number[][] {
  return within(count * lanes).flatMap(([first, end]) => {
    const floats = Array.from({ length: count * lanes }, (_, index) =>
      index >= first && index < end ? index - Math.max(0, first) + 1 : 0,
    )
    const phase = (k: number) => floats.filter((_, index) => index % count === k)
    const vector = (k: number) => floats.slice(k * lanes, (k + 1) * lanes)
    return [phase, vector].flatMap((of) => Array.from({ length: count }, (_, k) => of(k)))
  })
}

/** Runs it in a memory that holds nothing else, by what makes it callable there. */
export function moveLanes(memory: WebAssembly.Memory, traits: Lanes, call: (args: number) => void): number[][] {
  const [args, from, to] = [256, 512, 1024]
  const { lanes } = traits
  const rows = movedLanes(traits).length
  new Int32Array(memory.buffer, args, 2).set([from, to])
  new Float32Array(memory.buffer, from, 4 * lanes).forEach((_, index, floats) => {
    floats[index] = index + 1
  })
  const result = new Float32Array(memory.buffer, to, rows * lanes).fill(Number.NaN)
  call(args)
  return Array.from({ length: rows }, (_, row) => [...result.subarray(row * lanes, (row + 1) * lanes)])
}
