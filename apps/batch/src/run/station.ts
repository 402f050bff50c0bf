// One item through the network: read, prepared, run, and what is asked for made of its outputs.
import { type FloatTensor, type Shape, sizeOf, type Tensor, WeftError } from '@weft/core'
import type { Frame, Level } from '@weft/io'
import type { Model, ModelFile, ModelValues } from '@weft/model'
import type { Input } from '../sources/inputs.ts'
import type { Hands, Plain, Shop, Station } from '../work.ts'
import type { Kind, Outcome } from './kinds/kind.ts'
import { KINDS } from './kinds/kinds.ts'
import { asBatch, asInput, roundedFor } from './port.ts'
import { frameFor, levelsOf, type Preprocessing } from './preprocess.ts'
import type { Settings } from './settings.ts'
import { Spares } from './spares.ts'

const allocate = (shape: Shape): Float32Array => new Float32Array(sizeOf(shape))

export class RunStation implements Station {
  readonly #file: ModelFile
  readonly #settings: Settings
  readonly #shop: Shop
  #model: Model
  readonly #levels: Level[] | undefined
  readonly #spares = new Spares()

  constructor(file: ModelFile, settings: Settings, shop: Shop) {
    this.#file = file
    this.#settings = settings
    this.#shop = shop
    this.#model = file.on(shop.engine)
    this.#levels = settings.preprocessing === null ? undefined : levelsOf(settings.preprocessing)
  }

  /** @throws what reading, running or writing throws */
  async process(input: Input, hands: Hands): Promise<Readonly<Record<string, Plain>>> {
    const { preprocessing, kind, options, outputs } = this.#settings
    const { all, frame } =
      input.picture && preprocessing !== null
        ? await this.#picture(preprocessing, hands)
        : { all: await this.#run(await this.#tensors(hands), hands), frame: null }
    const outcome: Outcome = {
      outputs: Object.fromEntries(outputs.map((name) => [name, all[name]])),
      fed: frame === null ? null : preprocessing,
      picture: async () => {
        if (frame === null) throw new WeftError('OPTION', `--as ${kind} draws over a picture; ${input.path} is none`)
        return { planes: await hands.read({ channels: 'rgb', into: allocate }), frame }
      },
    }
    const { result, about } = await (KINDS[kind] as Kind).render(outcome, options)
    await hands.write(result)
    return about
  }

  async #picture(preprocessing: Preprocessing, hands: Hands): Promise<{ all: ModelValues; frame: Frame }> {
    let frame: Frame | undefined
    let taken: Float32Array | undefined
    try {
      const planes: FloatTensor = await hands.read({
        channels: preprocessing.colour,
        levels: this.#levels,
        frame: (width, height) => {
          frame = frameFor(preprocessing, width, height)
          return frame
        },
        into: (shape) => {
          taken = this.#spares.take(shape)
          return taken
        },
      })
      const [port] = this.#file.inputs
      roundedFor(port, planes.data)
      const values = { [port.name]: asInput(asBatch(planes, preprocessing.layout), port) }
      return { all: await this.#run(values, hands), frame: frame as Frame }
    } finally {
      if (taken !== undefined) this.#spares.give(taken)
    }
  }

  #run(values: ModelValues, { signal }: Hands): Promise<ModelValues> {
    return this.#model.run(values, { parallel: this.#shop.parallel === 'items' ? 'items' : 'channels', signal })
  }

  async #tensors({ read, readNamed }: Hands): Promise<ModelValues> {
    const { inputs, name } = this.#file
    if (inputs.length === 1) return { [inputs[0].name]: asInput(await read({ channels: 'rgb', into: allocate }), inputs[0]) }
    const named: Readonly<Record<string, Tensor<Float32Array>>> = await readNamed(
      inputs.map((port) => port.name),
      name,
    )
    return Object.fromEntries(inputs.map((port) => [port.name, asInput(named[port.name], port)]))
  }

  /** What it keeps is given back; the network is made ready anew for an item that comes after. */
  clear(): Promise<void> {
    this.#spares.clear()
    const last = this.#model
    this.#model = this.#file.on(this.#shop.engine)
    return last[Symbol.asyncDispose]()
  }
}
