// Random problems of a sweep: the same ones for the same seed.
import { type Problem, parseProblem } from '@weft/core'
import { generator } from '../random.ts'

const MOST = { channels: 512, pixels: 130, kernel: 7, stride: 3 }
/** Multiply-accumulates of a problem at most: a sweep of hundreds then ends within minutes. */
const MOST_MACS = 1e9
/** Parts of the problems with square pictures and kernels, with as many groups as channels, and with a few groups. */
const [SQUARE, DEPTHWISE, GROUPED] = [0.6, 0.1, 0.1]

/** Sizes are as likely to be small as large: their logarithms are evenly spread. */
export function randomProblems(count: number, seed: number): Problem[] {
  const random = generator(seed)
  const problems: Problem[] = []
  while (problems.length < count) {
    const problem = randomProblem(random)
    if (problem !== null) problems.push(problem)
  }
  return problems
}

/** Null where the kernel does not fit the picture or there is too much to multiply. */
function randomProblem(random: () => number): Problem | null {
  const size = (most: number) => Math.floor(Math.exp(random() * Math.log(most + 1)))
  const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1))
  const square = random() < SQUARE
  const other = (first: number, next: () => number) => (square ? first : next())
  const kind = random()
  const groups = kind < DEPTHWISE ? size(MOST.channels) : kind < DEPTHWISE + GROUPED ? 2 ** whole(1, 4) : 1
  const channels = () => (kind < DEPTHWISE ? groups : groups * size(MOST.channels / groups))
  const [ic, oc, ih] = [channels(), channels(), size(MOST.pixels)]
  const iw = other(ih, () => size(MOST.pixels))
  const kh = whole(1, MOST.kernel)
  const kw = other(kh, () => whole(1, MOST.kernel))
  const sh = random() < 0.5 ? 1 : whole(1, MOST.stride)
  const [ph, pw] = random() < 0.5 ? [0, 0] : [kh >> 1, kw >> 1]
  const [oh, ow] = [Math.floor((ih + 2 * ph - kh) / sh) + 1, Math.floor((iw + 2 * pw - kw) / sh) + 1]
  if (oh < 1 || ow < 1 || (ic / groups) * oc * kh * kw * oh * ow > MOST_MACS) return null
  return parseProblem(`g${groups}ic${ic}ih${ih}iw${iw}oc${oc}kh${kh}kw${kw}sh${sh}ph${ph}pw${pw}`)
}
