import { describe, expect, it } from 'vitest'
import { studentReach } from '../src/student.ts'

describe('studentReach', () => {
  it('is what the tables of the t distribution say', () => {
    const table: [number, number, number][] = [
      [0.95, 1, 12.706],
      [0.95, 2, 4.303],
      [0.95, 4, 2.776],
      [0.95, 8, 2.306],
      [0.99, 3, 5.841],
      [0.99, 8, 3.355],
      [0.999, 8, 5.041],
      [0.999, 9, 4.781],
      [0.95, 120, 1.98],
    ]
    for (const [level, freedom, t] of table) expect(studentReach(level, freedom)).toBeCloseTo(t, 2)
  })
})
