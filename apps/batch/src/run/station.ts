// One item through the network: read, prepared, run, and what is asked for made of its outputs.
import { type FloatTensor, type Shape, type Tensor, WeftError } from '@weft/core'
import type { Frame } from '@weft/io'
import type { Model, ModelFile, ModelValues } from '@weft/model'
import type { Input } from '../sources/inputs.ts'
import type { Hands, Plain, Shop, Station } from '../work.ts'
import type { Kind, Outcome } from './kinds/kind.ts'
import { KINDS } from './kinds/kinds.ts'
import { asBatch, asInput, roundedFor } from './port.ts'
import { channelsOf, frameFor, normalise, type Preprocessing } from './preprocess.ts'
import type { Settings } from './settings.ts'

const allocate = (shape: Shape): Float32Array => new Float32Array(shape.reduce((a, b) => a * b, 1))

export class RunStation implements Station {
  readonly #file: ModelFile
  readonly #settings: Settings
  readonly #shop: Shop
  readonly #model: Model

  constructor(file: ModelFile, settings: Settings, shop: Shop) {
    this.#file = file
    this.#settings = settings
    this.#shop = shop
    this.#model = file.on(shop.engine)
  }

  /** @throws what reading, running or writing throws */
  async process(input: Input, hands: Hands): Promise<Readonly<Record<string, Plain>>> {
    const { preprocessing, kind, options, outputs } = this.#settings
    const prepared =
      input.picture && preprocessing !== null
        ? await this.#picture(preprocessing, hands)
        : { values: await this.#tensors(hands), frame: null }
    const parallel = this.#shop.parallel === 'items' ? 'items' : 'channels'
    const all = await this.#model.run(prepared.values, { parallel, signal: hands.signal })
    const outcome: Outcome = {
      outputs: Object.fromEntries(outputs.map((name) => [name, all[name]])),
      picture: async () => {
        const { frame } = prepared
        if (frame === null) throw new WeftError('OPTION', `--as ${kind} draws over a picture; ${input.path} is none`)
        return { planes: await hands.read({ channels: 'rgb', into: allocate }), frame }
      },
    }
    const { result, about } = await (KINDS[kind] as Kind).render(outcome, options)
    await hands.write(result)
    return about
  }

  async #picture(preprocessing: Preprocessing, { read }: Hands): Promise<{ values: ModelValues; frame: Frame }> {
    let frame: Frame | undefined
    const planes: FloatTensor = await read({
      channels: channelsOf(preprocessing),
      frame: (width, height) => {
        frame = frameFor(preprocessing, width, height)
        return frame
      },
      into: allocate,
    })
    const [port] = this.#file.inputs
    normalise(planes.data, preprocessing)
    roundedFor(port, planes.data)
    return { values: { [port.name]: asInput(asBatch(planes, preprocessing.layout), port) }, frame: frame as Frame }
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

  clear(): Promise<void> {
    return this.#model[Symbol.asyncDispose]()
  }
}
