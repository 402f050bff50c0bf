// Runs the conformance tests and writes docs/conformance.md: passed, failed and refused by operator.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EXCEPTIONS } from './exceptions.ts'
import { type Outcome, runCase } from './run-case.ts'
import { installed, MISSING, OPERATORS, runnableCases } from './suite.ts'

const DOCUMENT = fileURLToPath(new URL('../../docs/conformance.md', import.meta.url))
const SEVERAL = 'several at once'

interface Result {
  readonly name: string
  readonly operator: string
  readonly outcome: Outcome
}

async function results(): Promise<Result[]> {
  const list: Result[] = []
  for (const test of runnableCases()) {
    const operator = test.operators.length === 1 ? test.operators[0] : SEVERAL
    list.push({ name: test.name, operator, outcome: await runCase(test) })
  }
  return list
}

function table(list: readonly Result[]): string {
  const row = (name: string, own: readonly Result[]) => {
    const count = (kind: Outcome['kind']) => own.filter(({ outcome }) => outcome.kind === kind).length
    return `| ${name} | ${count('passed')} | ${count('failed')} | ${count('refused')} |`
  }
  const rows = [...OPERATORS.toSorted(), SEVERAL].map((name) =>
    row(
      name,
      list.filter(({ operator }) => operator === name),
    ),
  )
  return ['| operator | passed | failed | refused |', '| --- | ---: | ---: | ---: |', ...rows, row('**all**', list)].join('\n')
}

function document(list: readonly Result[]): string {
  const others = list.filter(({ outcome }) => outcome.kind !== 'passed')
  const reasons = others.map(
    ({ name, outcome }) => `- \`${name}\` ${outcome.kind}: ${EXCEPTIONS[name]?.why ?? 'no reason is given'}`,
  )
  return `# Conformance

The ONNX project's backend node tests (Debian's \`libonnx-testdata\`), all whose models hold no operators but those that weft
runs, through \`load\` and \`run\` with the tolerances of ONNX's own runner. \`npx -y pnpm@12.21.0 conformance\` runs them and writes this
page; \`test\` runs them too. Operators without a row of numbers have no test of their own there.

${table(list)}

Refused means in a sentence before anything runs. Each that did not pass, and why:

${reasons.join('\n')}
`
}

if (!installed()) console.log(`skipped: ${MISSING}`)
else {
  const list = await results()
  writeFileSync(DOCUMENT, document(list))
  console.log(table(list))
  for (const { name, outcome } of list) if (outcome.kind !== 'passed') console.log(`${name} ${outcome.kind}: ${outcome.why}`)
  if (list.some(({ name, outcome }) => outcome.kind !== 'passed' && outcome.kind !== EXCEPTIONS[name]?.kind)) process.exitCode = 1
}
