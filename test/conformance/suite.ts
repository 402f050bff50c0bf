// The ONNX backend node tests as Debian's libonnx-testdata installs them: models with inputs and the outputs they must give.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Constant, localExecutor } from '@weft/model'
import { noExternalData } from '../../packages/model/src/onnx/external.ts'
import { MODEL, type ModelProto, TENSOR, type ValueInfoProto } from '../../packages/model/src/onnx/fields.ts'
import { Budget, readMessage } from '../../packages/model/src/onnx/message.ts'
import { readTensor } from '../../packages/model/src/onnx/tensor.ts'
import { OPERATOR_TYPES } from '../../packages/model/src/operators/registry.ts'

const FOLDER = '/usr/share/libonnx-testdata/data/node'

export const MISSING = `the package libonnx-testdata is not installed (no ${FOLDER}); on Debian: apt-get install libonnx-testdata`

export const executor = localExecutor({ tier: 'simd128' })

/** Every operator of networks of pictures, which weft promises to run. */
const PROMISED: readonly string[] =
  `Conv ConvTranspose MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool BatchNormalization InstanceNormalization
  LayerNormalization LRN Gemm MatMul Relu LeakyRelu PRelu Elu Selu Sigmoid HardSigmoid HardSwish Tanh Clip Erf Exp Log Sqrt Pow
  Add Sub Mul Div Min Max Mean Sum Abs Neg Concat Split Slice Gather Transpose Reshape Flatten Squeeze Unsqueeze Expand Tile Pad
  Resize Upsample DepthToSpace SpaceToDepth Softmax LogSoftmax ReduceMean ReduceSum ReduceMax ReduceMin ArgMax Shape
  ConstantOfShape Constant Identity Dropout Cast Floor Ceil Where Equal Greater Less Not And Or Range TopK NonMaxSuppression`.split(
    /\s+/,
  )

/** Those, and others that weft runs as well. */
export const OPERATORS: readonly string[] = [...new Set([...PROMISED, ...OPERATOR_TYPES])]

export interface Case {
  readonly name: string
  readonly model: Uint8Array
  /** What the model is made of, most often one. */
  readonly operators: readonly string[]
  readonly inputs: readonly CasePort[]
  readonly outputs: readonly CasePort[]
}

export interface CasePort {
  readonly name: string
  /** ONNX's number of the element type; 0 where it is no tensor. */
  readonly elemType: number
}

export function installed(): boolean {
  return existsSync(FOLDER)
}

/** The tests whose models hold none but the operators that weft runs. */
export function runnableCases(): Case[] {
  const cases = readdirSync(FOLDER).sort().map(readCase)
  return cases.filter(({ operators }) => operators.every((operator) => OPERATORS.includes(operator)))
}

function readCase(folder: string): Case {
  const model = new Uint8Array(readFileSync(join(FOLDER, folder, 'model.onnx')))
  const { graph }: ModelProto = readMessage(model, MODEL, new Budget())
  if (graph === null) throw new Error(`${folder} holds no graph`)
  const ports = (values: readonly ValueInfoProto[]) =>
    values.map(({ name, type }) => ({ name, elemType: type?.tensor?.elemType ?? 0 }))
  const operators = [...new Set(graph.node.map(({ opType }) => opType))]
  return {
    name: folder.replace(/^test_/, ''),
    model,
    operators,
    inputs: ports(graph.input),
    outputs: ports(graph.output),
  }
}

const [UINT16, BFLOAT16] = [4, 16]

/** The stored inputs, or the outputs, of one of a test's data sets. @throws what the reader says of types that weft has not */
export function readTensors(test: Case, set: string, kind: 'input' | 'output'): Constant[] {
  const folder = join(FOLDER, `test_${test.name}`, set)
  const count = readdirSync(folder).filter((file) => file.startsWith(`${kind}_`)).length
  return test[`${kind}s`].slice(0, count).map(({ elemType }, i) => {
    const proto = readMessage(new Uint8Array(readFileSync(join(folder, `${kind}_${i}.pb`))), TENSOR, new Budget())
    // numpy, which wrote the files, has no bfloat16: they hold its bits.
    const dataType = elemType === BFLOAT16 && proto.dataType === UINT16 ? BFLOAT16 : proto.dataType
    return readTensor({ ...proto, dataType }, `${kind} ${i}`, noExternalData)
  })
}

export function dataSets(name: string): string[] {
  return readdirSync(join(FOLDER, `test_${name}`)).filter((entry) => entry.startsWith('test_data_set'))
}
