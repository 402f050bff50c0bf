// The look of the site, and the order of its pages.
import { defineConfig } from 'vitepress'
import { NAV } from '../site/nav.ts'
import { slug } from '../site/slug.ts'

export default defineConfig({
  title: 'weft',
  description: 'Convolution and convolutional networks from TypeScript, on every core, with nothing native to install.',
  srcDir: '.site/pages',
  outDir: '.site/html',
  cacheDir: '.site/cache',
  // Help is 80 columns wide. Indented code has no frame of its own, and its long lines would make the page scroll sideways.
  head: [
    ['style', {}, '.language-text code { font-size: 12px !important }'],
    [
      'style',
      {},
      '.vp-doc pre:not([class]) { overflow-x: auto; margin: 16px 0; padding: 16px 24px; border-radius: 8px; font-size: 14px; background: var(--vp-code-block-bg) }',
    ],
  ],
  // The index of the search is one file.
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  markdown: { anchor: { slugify: slug } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: NAV.map(({ title, pages }) => ({
      text: title,
      items: pages.map((page) => ({ text: page.title, link: `/${page.page === 'index' ? '' : page.page}` })),
    })),
  },
})
