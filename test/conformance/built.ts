// The conformance tests run by the packages as they are built, for whoever imports this without the condition of sources: prints those that end otherwise than they should.
import { EXCEPTIONS } from './exceptions.ts'
import { runCase } from './run-case.ts'
import { runnableCases } from './suite.ts'

for (const test of runnableCases()) {
  const outcome = await runCase(test)
  if (outcome.kind !== (EXCEPTIONS[test.name]?.kind ?? 'passed')) console.log(test.name, outcome)
}
