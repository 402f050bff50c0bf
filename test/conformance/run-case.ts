// One conformance test: the model run on its stored inputs, its outputs held against the stored ones.
import { formatShape, sameShape, WeftError } from '@weft/core'
import { type Constant, load, type ModelValue } from '@weft/model'
import { type Case, dataSets, executor, readTensors } from './suite.ts'

/** The tolerances of the ONNX project's own runner. */
const [RELATIVE, ABSOLUTE] = [1e-3, 1e-7]

export type Outcome =
  | { readonly kind: 'passed' }
  /** weft said before anything ran that it cannot. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }

export async function runCase(test: Case): Promise<Outcome> {
  try {
    for (const set of dataSets(test.name)) {
      const why = await runSet(test, set)
      if (why !== null) return { kind: 'failed', why }
    }
    return { kind: 'passed' }
  } catch (error) {
    if (error instanceof WeftError && error.code === 'MODEL') return { kind: 'refused', why: error.message }
    return { kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** What is wrong, or null. */
async function runSet(test: Case, set: string): Promise<string | null> {
  await using model = await load(executor, test.model)
  const inputs = readTensors(test, set, 'input').map((constant, i): [string, ModelValue] => [
    test.inputs[i].name,
    toValue(constant),
  ])
  const outputs = await model.run(Object.fromEntries(inputs))
  for (const [i, wanted] of readTensors(test, set, 'output').entries()) {
    const { name } = test.outputs[i]
    const why = difference(outputs[name], wanted)
    if (why !== null) return `output '${name}' ${why}`
  }
  return null
}

function toValue({ dtype, shape, data }: Constant): ModelValue {
  return { dtype, shape, data: data instanceof Float64Array ? BigInt64Array.from(data, BigInt) : data }
}

function difference(got: ModelValue, wanted: Constant): string | null {
  if (got.dtype !== wanted.dtype) return `is ${got.dtype}, not ${wanted.dtype}`
  if (!sameShape(got.shape, wanted.shape)) return `has shape ${formatShape(got.shape)}, not ${formatShape(wanted.shape)}`
  const numbers = Array.from<number | bigint, number>(got.data, Number)
  const wrong = numbers.findIndex((value, i) => !near(value, wanted.data[i]))
  return wrong < 0 ? null : `is ${numbers[wrong]} at ${wrong}, not ${wanted.data[wrong]}`
}

function near(value: number, wanted: number): boolean {
  return Object.is(value, wanted) || Math.abs(value - wanted) <= ABSOLUTE + RELATIVE * Math.abs(wanted)
}
