// Attributes of a node, read by type, with the value they have where the node has none.
import { WeftError } from '@weft/core'
import { type Attribute, type Constant, describeNode, type Node } from './graph.ts'

type Fallback<T> = T | undefined

export function intAttribute(node: Node, name: string, fallback?: number): number {
  const value = floatAttribute(node, name, fallback)
  if (!Number.isInteger(value)) throw wrong(node, name, 'a whole number')
  return value
}

export function floatAttribute(node: Node, name: string, fallback?: number): number {
  return read(node, name, 'a number', fallback, (value) => typeof value === 'number')
}

export function stringAttribute(node: Node, name: string, fallback?: string): string {
  return read(node, name, 'a text', fallback, (value) => typeof value === 'string')
}

export function intsAttribute(node: Node, name: string, fallback?: readonly number[]): readonly number[] {
  const values = floatsAttribute(node, name, fallback)
  if (!values.every(Number.isInteger)) throw wrong(node, name, 'whole numbers')
  return values
}

export function floatsAttribute(node: Node, name: string, fallback?: readonly number[]): readonly number[] {
  return read(
    node,
    name,
    'a list of numbers',
    fallback,
    (value): value is readonly number[] => Array.isArray(value) && value.every((v) => typeof v === 'number'),
  )
}

export function tensorAttribute(node: Node, name: string): Constant {
  return read(node, name, 'a tensor', undefined, (value): value is Constant => typeof value === 'object' && 'dtype' in value)
}

export function hasAttribute(node: Node, name: string): boolean {
  return Object.hasOwn(node.attributes, name)
}

function read<T extends Attribute>(
  node: Node,
  name: string,
  kind: string,
  fallback: Fallback<T>,
  is: (value: Attribute) => value is T,
): T {
  const value = hasAttribute(node, name) ? node.attributes[name] : fallback
  if (value === undefined) throw new WeftError('MODEL', `${describeNode(node)} has no attribute '${name}', which it needs`)
  if (!is(value)) throw wrong(node, name, kind)
  return value
}

function wrong(node: Node, name: string, kind: string): WeftError {
  return new WeftError('MODEL', `attribute '${name}' of ${describeNode(node)} must be ${kind}`)
}
