"""Exports a network of torchvision for CIFAR-10 to ONNX, untrained and for training elsewhere.

    python blank.py resnet-18 OUT.onnx

Batch normalisation stays as it is, and no constants are folded. Needs torch and torchvision.
"""

import sys
import warnings

import torch

import networks  # noqa: F401  makes a torchvision importable that was built for another torch

BUILDERS = {"resnet-18": "resnet18"}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in BUILDERS:
        sys.exit("usage: blank.py " + "|".join(BUILDERS) + " OUT.onnx")
    import torchvision
    torch.manual_seed(1)
    module = getattr(torchvision.models, BUILDERS[sys.argv[1]])(weights=None, num_classes=10)
    warnings.simplefilter("ignore")
    torch.onnx.export(
        module, (torch.zeros(2, 3, 32, 32),), sys.argv[2], dynamo=False, opset_version=17, input_names=["image"],
        output_names=["logits"], dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
        training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False)


if __name__ == "__main__":
    main()
