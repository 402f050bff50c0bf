// `weft explain`: of a network, or of one convolution.
import type { ExplainFlags } from '../flag-types.ts'
import { explainNetwork } from './network.ts'
import { explainProblem } from './problem.ts'

/** @throws what looking at either throws; OPTION for flags of networks on a problem. */
export async function explainAnything(subject: string, flags: ExplainFlags): Promise<string> {
  return /\.onnx$/i.test(subject) ? await explainNetwork(subject, flags) : await explainProblem(subject, flags)
}
