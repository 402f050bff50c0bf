"""Exports networks of torchvision to ONNX, with random weights: networks.py FOLDER NAME...

Run with Debian's `/usr/bin/python3` (python3-torch, python3-torchvision, python3-onnx). Batch norms are given the statistics of
one batch, or the numbers of a deep network would vanish or grow past all bounds.
"""

import os
import sys
import warnings

import torch
import torchvision

SEED = 1
SIZES = {'inception_v3': 299}
OPSET = 13


def network(name):
    options = {'aux_logits': False} if name in ('googlenet', 'inception_v3') else {}
    if options:
        options['init_weights'] = True
    return getattr(torchvision.models, name)(weights=None, **options)


def settle(net, size):
    norms = [module for module in net.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
    if norms:
        with torch.no_grad():
            net.train()(torch.randn(4, 3, size, size))
    return net.eval()


def export(name, folder):
    torch.manual_seed(SEED)
    size = SIZES.get(name, 224)
    path = os.path.join(folder, f'{name}.onnx')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(
            settle(network(name), size), torch.zeros(1, 3, size, size), path, opset_version=OPSET,
            input_names=['x'], output_names=['y'], dynamic_axes={'x': {0: 'n'}, 'y': {0: 'n'}},
        )
    print(f'{path} {size}', flush=True)


if __name__ == '__main__':
    for name in sys.argv[2:]:
        export(name, sys.argv[1])
