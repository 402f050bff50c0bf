// What the doctor says of limits: of trees of files as Linux has them in containers, and of numbers that do not fit each other.
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { grantOf } from '../../src/doctor/cgroup.ts'
import { coresFinding, memoryFinding, nodeFinding } from '../../src/doctor/machine.ts'
import { temporaryFolder } from '../helpers.ts'

const at = temporaryFolder()

function tree(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(at(`${name}/${path}`), `${text}\n`)
  return at(`${name}/.`)
}

test('version 2: the least of a group and those above it', () => {
  const root = tree('v2', {
    'proc/self/cgroup': '0::/pod/container',
    'sys/fs/cgroup/pod/container/cpu.max': '250000 100000',
    'sys/fs/cgroup/pod/cpu.max': '150000 100000',
    'sys/fs/cgroup/pod/container/memory.max': 'max',
    'sys/fs/cgroup/pod/memory.max': '536870912',
    'sys/fs/cgroup/pod/container/cpuset.cpus.effective': '0-3',
    'sys/fs/cgroup/cpuset.cpus.effective': '0-63',
  })
  expect(grantOf(root)).toEqual({ cpus: 1.5, memory: 536870912, cpuset: '0-3' })
})

test('version 1, in a container that sees the path of its host', () => {
  const root = tree('v1', {
    'proc/self/cgroup': '5:memory:/docker/abc\n4:cpuset:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n0::/',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '300000',
    'sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '1073741824',
    'sys/fs/cgroup/cpuset/cpuset.effective_cpus': '2,5',
  })
  expect(grantOf(root)).toEqual({ cpus: 3, memory: 1073741824, cpuset: '2,5' })
})

test('no limits: version 1 says -1 and a number that no machine has, version 2 says max, others have no such files', () => {
  const first = tree('none1', {
    'proc/self/cgroup': '5:memory:/\n3:cpu:/',
    'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
    'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
  })
  const second = tree('none2', {
    'proc/self/cgroup': '0::/',
    'sys/fs/cgroup/cpu.max': 'max 100000',
    'sys/fs/cgroup/memory.max': 'max',
  })
  const none = { cpus: null, memory: null, cpuset: null }
  expect([first, second, at('nowhere')].map(grantOf)).toEqual([none, none, none])
})

test('a quota below the threads is noted, with the number that fits', () => {
  const finding = coresFinding({ there: 8, used: 8, allowed: '0-7' }, { cpus: 2.5, memory: null, cpuset: '0-7' })
  expect([finding.state, finding.facts.fitting]).toEqual(['note', 2])
  expect(finding.words.join('; ')).toMatch(/quota of 2\.5 processors.*availableParallelism \(8\).*--threads 2 /)
  const paid = coresFinding({ there: 8, used: 3, allowed: '0-7' }, { cpus: 3, memory: null, cpuset: '0-7' })
  expect([paid.state, paid.words.join('; ')]).toEqual(['well', expect.not.stringContaining('availableParallelism')])
})

test('little memory is noted, by the machine or by the limit', () => {
  expect(memoryFinding({ memory: null }, 8e9, 4e9)).toMatchObject({ state: 'well', facts: { available: 4e9, limit: null } })
  expect(memoryFinding({ memory: null }, 8e9, 4e8).state).toBe('note')
  expect(memoryFinding({ memory: 256e6 }, 8e9, 4e9)).toMatchObject({ state: 'note', facts: { limit: 256e6 } })
})

test('Node 22 runs and is told of 24', () => {
  expect([nodeFinding('22.3.0').state, nodeFinding('24.0.0').state]).toEqual(['note', 'well'])
})
