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
  // Help is 80 columns wide.
  head: [['style', {}, '.language-text code { font-size: 12px !important }']],
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
