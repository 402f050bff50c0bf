import { parseProblem } from '@weft/core'
import { expect, it } from 'vitest'
import { classesOf } from '../../src/layers/classes.ts'

it.each([
  ['ic64ih14oc64kh3ph1', ['3x3']],
  ['ic64ih13oc64kh3ph1', ['other']],
  ['ic64ih28oc64kh3sh2ph1', ['other']],
  ['ic64ih28oc64kh3ph2dh1', ['other']],
  ['ic64ih7oc64kh3ph1', ['maps of 7']],
  ['ic64ih7oc64kh1', ['1x1', 'maps of 7']],
  ['ic64ih28oc64kh1sh2', ['1x1']],
  ['g64ic64ih7oc64kh3ph1', ['depthwise']],
  ['g2ic64ih28oc64kh3ph1', ['other']],
  ['ic64ih28oc64kh5ph2', ['5x5']],
  ['ic64iw28oc64kw5pw2', ['other']],
  ['ic8id14ih14oc8kd3kh3pd1ph1', ['other']],
  ['tr1ic64ih28oc64kh3ph1', ['other']],
])('%s is in %j', (problem, classes) => {
  expect(classesOf(parseProblem(problem).descriptor)).toEqual(classes)
})
