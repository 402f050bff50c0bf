// `weft explain`: what would run for a convolution, as text of 80 columns or as a line of JSON.
import { explain, parseProblem, type TierChoice, type TierName } from '@weft/core'
import { open } from '@weft/parallel'
import type { ExplainFlags } from '../flag-types.ts'
import { COLUMNS, wrap } from '../text.ts'

/** @throws PROBLEM, SHAPE, OPTION or TOO_LARGE for a problem that is none. */
export async function explainProblem(text: string, { tier: choice, json = false }: ExplainFlags): Promise<string> {
  const problem = parseProblem(text)
  const { tier, why } = await resolveTier(choice)
  const explanation = explain(problem.descriptor, tier)
  if (json) return JSON.stringify({ problem: problem.text, name: problem.name, ...explanation, tierWhy: why })
  const tiers = why.length === 0 ? [] : ['tiers looked at, fastest first:', ...why.map((line) => `  ${line}`)]
  return [...`${explanation}`.split('\n'), ...tiers].map(hanging).join('\n')
}

/** What an engine chooses here, so that it is what `weft conv` runs. A tier that is named is explained even if it is not here. */
export async function resolveTier(choice: TierChoice | undefined): Promise<{ tier: TierName; why: readonly string[] }> {
  if (choice !== undefined && choice !== 'auto' && choice !== 'wasm') return { tier: choice, why: [] }
  await using engine = await open({ threads: 1, ...(choice === undefined ? {} : { tier: choice }) })
  return engine.info
}

/** Long values continue under where they began. */
export function hanging(line: string): string {
  const indent = /^\S+(?: \S+)*\s{2,}(?=\S)/.exec(line)?.[0].length ?? 4
  return wrap(line, COLUMNS, ' '.repeat(indent))
}
