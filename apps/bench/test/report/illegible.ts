// What of a page cannot be read: text that is cut, upon other text, tiny or too pale, words that are broken, an axis that says nothing. Runs in the page, so that it is one function.

/** @returns a sentence for each; none for a good page */
export function illegible(): string[] {
  const LEAST_PIXELS = 9
  /** WCAG 2, level AA. */
  const LEAST_CONTRAST = 4.5
  /** Letters of a word that finds room in any line. */
  const LONGEST_WHOLE = 24
  /** Of boxes of text, which have some air around their letters. */
  const AIR = 2

  const found: string[] = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} pixels wide, of ${root.clientWidth}`)

  for (const table of document.querySelectorAll('table')) {
    const past = table.getBoundingClientRect().right - (table.parentElement ?? root).getBoundingClientRect().right
    if (past > 1) found.push(`the table '${table.textContent?.slice(0, 40)}' is ${past} pixels too wide`)
  }

  const texts = [...document.querySelectorAll('body *')].filter(
    (element) =>
      [...element.childNodes].some(({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && textContent?.trim() !== '') &&
      element.checkVisibility({ checkOpacity: true }),
  )
  for (const element of texts) {
    const words = `'${element.textContent?.trim().slice(0, 40)}'`
    const style = getComputedStyle(element)
    const drawing = element.closest('svg')
    const shrunk = drawing === null ? 1 : drawing.getBoundingClientRect().width / Number(drawing.getAttribute('width'))
    if (Number.parseFloat(style.fontSize) * shrunk < LEAST_PIXELS)
      found.push(`${words} is ${style.fontSize}, shrunk to ${shrunk}`)
    for (const word of brokenWords(element)) found.push(`'${word}' is broken`)
    const contrast = contrastOf(drawing === null ? style.color : style.fill, groundBelow(element))
    if (contrast < LEAST_CONTRAST) found.push(`${words} has a contrast of ${contrast.toFixed(2)}`)
    const [box, frame] = [boxOf(element), (drawing ?? element.closest('.card') ?? document.body).getBoundingClientRect()]
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
      found.push(`${words} is cut`)
  }
  for (const drawing of document.querySelectorAll('svg[role=img]')) {
    for (const axis of drawing.querySelectorAll('.role-axis:has(.role-axis-label)')) {
      const labels = axis.querySelectorAll('.role-axis-label text').length
      if (labels < 2) found.push(`the axis '${axis.textContent}' of '${drawing.getAttribute('aria-label')}' has ${labels} labels`)
    }
    const boxes = texts.filter((text) => drawing.contains(text)).map((text) => ({ words: text.textContent, box: boxOf(text) }))
    boxes.forEach(({ words, box }, index) => {
      for (const other of boxes.slice(index + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top)
        if (across > AIR && down > AIR) found.push(`'${words}' and '${other.words}' are upon each other`)
      }
    })
  }
  return found

  /** Numbers and flags that go on in the next line; long words have to. */
  function brokenWords(element: Element): string[] {
    if (!element.matches('td, th, dt, code, code *')) return []
    return [...element.childNodes].flatMap((node) => {
      if (node.nodeType !== Node.TEXT_NODE) return []
      return [...(node.textContent ?? '').matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
        const range = document.createRange()
        range.setStart(node, index)
        range.setEnd(node, index + word.length)
        return word.length <= LONGEST_WHOLE && range.getClientRects().length > 1 ? [word] : []
      })
    })
  }

  /** Of the letters, not of the element around them. */
  function boxOf(element: Element): DOMRect {
    const range = document.createRange()
    range.selectNodeContents(element)
    return element instanceof SVGElement ? element.getBoundingClientRect() : range.getBoundingClientRect()
  }

  function groundBelow(element: Element): string {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor
      if (!/, 0\)$/.test(colour)) return colour
    }
    return 'rgb(255, 255, 255)'
  }

  function contrastOf(one: string, other: string): number {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
    return (high + 0.05) / (low + 0.05)
  }

  function luminance(colour: string): number {
    const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const value = Number(part) / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
}
