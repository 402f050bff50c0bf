"""Makes this folder's photographs from the pictures that come with scikit-image.

Run with `python3 make_photos.py` (Debian: python3-skimage, python3-pil). Pictures larger than 800 pixels
are made smaller; smaller ones keep their size, since enlarging would only invent pixels. Nothing of the
originals' metadata is kept.
"""

import os

import skimage
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(skimage.__file__), 'data')
LONG_SIDE = 800
QUALITY = 85

PHOTOS = {
    'astronaut.jpg': 'astronaut.png',
    'camera.jpg': 'camera.png',
    'chelsea.jpg': 'chelsea.png',
    'coffee.jpg': 'coffee.png',
    'hubble.jpg': 'hubble_deep_field.jpg',
    'retina.jpg': 'retina.jpg',
    'rocket.jpg': 'rocket.jpg',
}


def main():
    total = 0
    for name, source in PHOTOS.items():
        with Image.open(os.path.join(DATA, source)) as original:
            mode = 'L' if original.mode == 'L' else 'RGB'
            image = original.convert(mode)
        scale = LONG_SIDE / max(image.size)
        if scale < 1:
            image = image.resize([round(n * scale) for n in image.size], Image.LANCZOS)
        # Through the bare pixels, so that no metadata goes along.
        image = Image.frombytes(mode, image.size, image.tobytes())
        path = os.path.join(HERE, name)
        image.save(path, quality=QUALITY, optimize=True)
        size = os.path.getsize(path)
        total += size
        print(f'{name:14} {image.width} x {image.height}  {mode:3}  {size}')
    print(f'{total} bytes')


if __name__ == '__main__':
    main()
