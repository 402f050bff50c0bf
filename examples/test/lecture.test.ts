// The rows of the lecture: each example gives the numbers that the lecture gives, or that are worked out here by hand.
import { describe, expect, it } from 'vitest'
import { printed } from './printed.ts'

const LECTURE = [
  [
    [56, 72],
    [104, 120],
  ],
  [
    [76, 100],
    [148, 172],
  ],
  [
    [96, 128],
    [192, 224],
  ],
]

describe('the lecture as examples', () => {
  it('one channel, and the edges of a black band', async () => {
    const { y, edges, text } = await printed(() => import('../lecture/one-channel.ts'))
    expect(y.toArray()).toEqual([
      [19, 25],
      [37, 43],
    ])
    expect(edges.toArray()).toEqual(Array.from({ length: 6 }, () => [0, 1, 0, 0, 0, -1, 0]))
    expect(text).toContain('[[19, 25],\n [37, 43]]')
  })

  it('several input channels add up', async () => {
    const { y, parts, text } = await printed(() => import('../lecture/several-input-channels.ts'))
    expect(y.toArray()).toEqual(LECTURE[0])
    // 37 is 1 * 1 + 2 * 2 + 4 * 3 + 5 * 4.
    expect(parts.map((part) => part.get(0, 0))).toEqual([19, 37])
    expect(text).toContain('[[ 56,  72],\n [104, 120]]')
  })

  it('several output channels are stacked', async () => {
    const { y, text } = await printed(() => import('../lecture/several-output-channels.ts'))
    expect(y.toArray()).toEqual(LECTURE)
    expect(text).toContain('[[ 76, 100],\n  [148, 172]]')
  })

  it('a 1x1 kernel mixes channels as a matrix product, equal but for rounding', async () => {
    const { whole, count, differing, largest, text } = await printed(() => import('../lecture/one-by-one.ts'))
    // 0 + 4 + 8, and 0 - 8.
    const mixed = [
      [
        [12, 15],
        [18, 21],
      ],
      [
        [-8, -8],
        [-8, -8],
      ],
    ]
    expect(whole.product.toArray()).toEqual(mixed)
    expect(whole.layer.toArray()).toEqual(mixed)
    expect(count).toBe(32 * 12 * 12)
    expect(differing).toBeGreaterThan(0)
    // Each of 256 additions of numbers below 1 rounds by 2^-24 of a partial sum, which is below 256.
    expect(largest).toBeGreaterThan(0)
    expect(largest).toBeLessThan(256 * 256 * 2 ** -24)
    expect(text).toContain(`${differing} of 4608 results differ`)
  })

  it('a layer adds its bias to each output channel', async () => {
    const { y, share, text } = await printed(() => import('../lecture/layer-with-bias.ts'))
    expect(y.toArray()).toEqual(LECTURE.map((map, o) => map.map((row) => row.map((value) => value + [-56, 0, 1000][o]))))
    expect(share).toBe(1 / (100 * 5 * 5))
    expect(text).toContain('one addition in 2500')
  })

  it('costs what the lecture says', async () => {
    const { layer, million, flops, doubled, text } = await printed(() => import('../lecture/cost.ts'))
    expect([layer, million, flops]).toEqual([1.024e9, 1.024e16, 53_687_091_200])
    expect(doubled).toEqual({ channels: 4, padding: 68 ** 2 / 64 ** 2 })
    expect(text).toContain('53,687,091,200')
  })

  it('padding and stride give 2x2, and every mode its own border', async () => {
    const { shape, outside, products } = await printed(() => import('../lecture/padding-and-stride.ts'))
    expect(shape).toEqual([1, 2, 2])
    expect(outside).toEqual({
      zeros: [0, 0, 1, 2, 3, 4, 0, 0],
      reflect: [3, 2, 1, 2, 3, 4, 3, 2],
      replicate: [1, 1, 1, 2, 3, 4, 4, 4],
      circular: [3, 4, 1, 2, 3, 4, 1, 2],
    })
    // Of 7 places of a 3-tap kernel two have one tap outside: 19 of 21 are inside, in each direction.
    expect(products).toEqual({ all: 64 * 64 * 21 * 21, zeros: 64 * 64 * (21 * 21 - 19 * 19), scalar: 64 * 64 * 19 * 19 })
  })

  it('RGB and depth are the same as four channels and as a volume', async () => {
    const { asChannels, asVolume, text } = await printed(() => import('../lecture/rgb-and-depth.ts'))
    const border = [0, 0, 0, 0, 0, 0, 0]
    const inside = [0, 2, 0, 0, 0, -2, 0]
    expect(asChannels.toArray()).toEqual([Array.from({ length: 5 }, () => border), [border, inside, inside, inside, border]])
    expect(asVolume.shape).toEqual([2, 1, 5, 7])
    expect(asVolume.reshape([2, 5, 7]).toArray()).toEqual(asChannels.toArray())
    expect(text).toContain('the same numbers, to the last bit')
  })

  it('a kernel over two frames of a video sees what moves alone', async () => {
    const { moved, text } = await printed(() => import('../lecture/video.ts'))
    const still = [0, 0, 0, 0, 0, 0, 0, 0]
    const from = (column: number) => still.map((_, at) => (at === column ? -1 : at === column + 1 ? 1 : 0))
    expect(moved.toArray()).toEqual([[1, 2, 3].map((column) => [still, from(column), still])])
    expect(text).toContain('.-+.....   ..-+....   ...-+...')
  })

  it("MobileNet's block costs an eighth, and without its activation is one convolution", async () => {
    const { cost, y, inTwo, inOne, text } = await printed(() => import('../lecture/mobilenet-block.ts'))
    expect(cost).toEqual({ full: 32 * 64 * 9 * 112 ** 2, block: 32 * 9 * 112 ** 2 + 32 * 64 * 112 ** 2 })
    const first = [4, 6, 4, 6, 6, 6, 4, 6, 4]
    const second = [1, 3, 1, 3, 6, 3, 1, 3, 1]
    expect([...y.data]).toEqual([...first, ...second, ...first.map((value, i) => value + second[i])])
    expect(inTwo.data).toEqual(inOne.data)
    // The first output is the first channel under taps 0 to 8, whose corner sees rows 0 to 2: 0 0 + 1 1 + 2 2 + 5 3 + 6 4 + ...
    expect(inOne.get(0, 0, 0)).toBe(0 + 1 + 4 + 15 + 24 + 35 + 60 + 77 + 96)
    expect(text).toContain('7.9 times fewer')
  })

  it('output channels find a pattern each, the same bits by one worker and by two', async () => {
    const { strongest, alone, shared, text } = await printed(() => import('../lecture/output-channels.ts'))
    expect(strongest.map((row) => row.indexOf(Math.max(...row)))).toEqual([0, 1, 2, 3])
    expect(strongest.map((row, i) => row[i])).toEqual([6, 6, 6, 6])
    expect(shared.data).toEqual(alone.data)
    expect(text).toContain('the same to the last bit')
  })
})
