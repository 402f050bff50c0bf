// One item through the convolution: decoded into the arena, convolved there, encoded from there.
import { type FloatTensor, formatShape, type Shape } from '@weft/core'
import type { Layer } from '@weft/parallel'
import { Cache } from '../cache.ts'
import type { Input } from '../sources/inputs.ts'
import type { Hands, Plain, Shop, Station } from '../work.ts'
import { magnitude } from './combine.ts'
import type { Recipe } from './recipe.ts'

/** Layers that stay prepared. */
const LAYERS = 8

export class ConvStation implements Station {
  readonly #recipe: Recipe
  readonly #shop: Shop
  readonly #layers = new Cache<Layer>(LAYERS)

  constructor(recipe: Recipe, shop: Shop) {
    this.#recipe = recipe
    this.#shop = shop
  }

  /** @throws what reading, convolving or writing throws; nothing of it stays in the arena. */
  async process(input: Input, { read, write, signal }: Hands): Promise<Readonly<Record<string, Plain>>> {
    const { engine, parallel } = this.#shop
    const held = new Set<FloatTensor>()
    const hold = (shape: Shape): FloatTensor => {
      const tensor = engine.tensor(shape)
      held.add(tensor)
      return tensor
    }
    const letGo = (tensor: FloatTensor): void => {
      held.delete(tensor)
      engine.release(tensor)
    }
    try {
      let x: FloatTensor | undefined
      const into = (shape: Shape): Float32Array => {
        x = hold(shape)
        return x.data
      }
      const item = await read({ channels: this.#recipe.channels, into })
      const { key, x: shape, params, magnitude: joined } = this.#recipe.treat(item.shape, input.picture)
      const prepare = async (): Promise<Layer> => {
        const layer = await engine.prepare(params, shape)
        this.#explain(layer)
        return layer
      }
      const { y, kernel } = await this.#layers.with(key, prepare, async (layer) => {
        const y = hold(layer.descriptor.yShape)
        await layer.run(item.reshape(shape), { out: y, parallel, signal })
        return { y, kernel: layer.selection.kernel }
      })
      if (x !== undefined) letGo(x)
      const result = joined ? await magnitude(y) : y
      await write(result)
      return { shape: [...result.shape], kernel }
    } finally {
      for (const tensor of held) engine.release(tensor)
    }
  }

  clear(): Promise<void> {
    return this.#layers.clear()
  }

  #explain({ descriptor: { xShape, yShape }, selection: { kernel, refusals } }: Layer): void {
    this.#shop.explain(kernel, [
      `  ${kernel} runs ${formatShape(xShape)} to ${formatShape(yShape)}`,
      ...refusals.map((refusal) => `    not ${refusal.kernel}: ${refusal.reason}`),
    ])
  }
}
