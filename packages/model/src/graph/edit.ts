// GraphEdit: changes to a graph that keep who makes and who reads each value up to date.
import type { Constant, Graph, Node } from './graph.ts'

export class GraphEdit {
  readonly graph: Graph
  readonly #producers = new Map<string, Node>()
  readonly #consumers = new Map<string, Node[]>()
  readonly #outputs: ReadonlySet<string>
  readonly #dropped = new Set<Node>()
  #changes = 0

  constructor(graph: Graph) {
    this.graph = graph
    this.#outputs = new Set(graph.outputs.map(({ name }) => name))
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.#producers.set(name, node)
      for (const name of node.inputs) this.#read(name, node)
    }
  }

  producer(name: string): Node | undefined {
    return this.#producers.get(name)
  }

  isOutput(name: string): boolean {
    return this.#outputs.has(name)
  }

  constant(name: string | undefined): Constant | undefined {
    return name === undefined ? undefined : this.graph.constants.get(name)
  }

  /** Whether the node is still there: passes walk a list that they take nodes from. */
  has(node: Node): boolean {
    return !this.#dropped.has(node)
  }

  /** How many inputs, and outputs of the graph, a value is. */
  uses(name: string): number {
    return (this.#consumers.get(name)?.length ?? 0) + Number(this.#outputs.has(name))
  }

  /** The node that alone reads the only output of `node`; null where there is none such. */
  soleReader(node: Node): Node | null {
    const name = node.outputs[0]
    if (node.outputs.some((other, i) => i > 0 && other !== '') || this.#outputs.has(name)) return null
    const readers = this.#consumers.get(name) ?? []
    return readers.length === 1 ? readers[0] : null
  }

  /** `node` gives what `next`, the sole reader of its output, gave, and `next` goes. */
  absorb(node: Node, next: Node): void {
    const [name] = next.outputs
    this.#drop(next)
    node.outputs = [name]
    this.#producers.set(name, node)
    this.#changes++
  }

  /** Whoever read the first output of `node` reads `name`, and `node` goes. False where an output of the graph cannot be renamed. */
  bypass(node: Node, name: string): boolean {
    const output = node.outputs[0]
    if (!this.#outputs.has(output)) {
      for (const reader of [...(this.#consumers.get(output) ?? [])]) this.#rename(reader, output, name)
      this.#drop(node)
    } else {
      const producer = this.#producers.get(name)
      if (producer === undefined || this.#outputs.has(name)) return false
      this.#drop(node)
      for (const reader of [...(this.#consumers.get(name) ?? [])]) this.#rename(reader, name, output)
      producer.outputs = producer.outputs.map((each) => (each === name ? output : each))
      this.#producers.set(output, producer)
    }
    this.#changes++
    return true
  }

  /** Makes a node another operator, without attributes, that gives the same output. */
  rewrite(node: Node, opType: string, inputs: readonly string[]): void {
    for (const name of node.inputs) this.#unread(name, node)
    for (const name of inputs) this.#read(name, node)
    node.opType = opType
    node.inputs = [...inputs]
    node.attributes = {}
    this.#changes++
  }

  /** Sets an input of a node, the list growing as it must. */
  setInput(node: Node, i: number, name: string): void {
    while (node.inputs.length <= i) node.inputs.push('')
    this.#unread(node.inputs[i], node)
    node.inputs[i] = name
    this.#read(name, node)
  }

  /** A new constant, named after an old value. */
  addConstant(like: string, constant: Constant): string {
    let name = `${like}'`
    while (this.graph.constants.has(name) || this.#producers.has(name)) name += `'`
    this.graph.constants.set(name, constant)
    return name
  }

  /** The outputs of a node become constants, and it goes. */
  replaceByConstants(node: Node, constants: readonly Constant[]): void {
    this.#drop(node)
    constants.forEach((constant, i) => node.outputs[i] && this.graph.constants.set(node.outputs[i], constant))
    this.#changes++
  }

  /** Takes dropped nodes out of the graph. @returns how many changes there were */
  done(): number {
    this.graph.nodes = this.graph.nodes.filter((node) => !this.#dropped.has(node))
    return this.#changes
  }

  #drop(node: Node): void {
    this.#dropped.add(node)
    for (const name of node.inputs) this.#unread(name, node)
    for (const name of node.outputs) this.#producers.delete(name)
  }

  #rename(reader: Node, from: string, to: string): void {
    reader.inputs.forEach((name, i) => {
      if (name === from) this.setInput(reader, i, to)
    })
  }

  #read(name: string, node: Node): void {
    if (name === '') return
    const readers = this.#consumers.get(name)
    if (readers === undefined) this.#consumers.set(name, [node])
    else readers.push(node)
  }

  #unread(name: string, node: Node): void {
    const readers = this.#consumers.get(name)
    const at = readers?.indexOf(node) ?? -1
    if (at >= 0) readers?.splice(at, 1)
  }
}
