"""Exports whole networks with random weights to ONNX, and what PyTorch computes with them.

    python export.py OUT_DIR [NAME ...]

For each network and exporter (torchscript, dynamo) OUT_DIR gets

    NAME.EXPORTER.onnx      the network with its weights
    NAME.EXPORTER.npz       in double precision by PyTorch: inputs, logits in evaluation mode, and by autograd
                            d(sum(logits * direction))/d(weight) for each weight under the name that the ONNX file gives
                            it; in training mode (batch normalisation by the batch, no dropout) if "training" is 1
    NAME.EXPORTER.skeleton.onnx
                            the network without its weights: each large initialiser says in its doc_string which uniform
                            range it is to be filled from. The model module's tests keep them, gzipped.

Networks are in evaluation mode; sizes are small, structures are those of the libraries. The first exporter is told to
keep batch normalisation and transposed weights as they are, the second is left at its defaults, which fold most of
them; its gradients are therefore those of evaluation mode. Needs torch, torchvision, timm,
transformers, onnx and onnxscript.
"""

import pathlib
import sys
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import networks

# Initialisers above this many elements leave the skeleton.
KEPT_ELEMENTS = 64


def export(network, exporter, path):
    names = list(network.inputs)
    shapes = {name: {0: "batch"} for name in names}
    arguments = tuple(network.inputs.values())
    if exporter == "torchscript":
        torch.onnx.export(
            network.module, arguments, path, dynamo=False, opset_version=17, input_names=names,
            output_names=["logits"], dynamic_axes=shapes, do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE)
    else:
        batch = torch.export.Dim("batch", min=1, max=1024)
        torch.onnx.export(
            network.module, arguments, path, dynamo=True, opset_version=20, input_names=names,
            output_names=["logits"], dynamic_shapes=[{0: batch} for _ in names], external_data=False, verbose=False)


def place(initializers, parameter):
    """The ONNX initialiser that holds a parameter, and whether it holds its transpose. None where the exporter folded the
    parameter away, or wrote it twice: then each copy trains by itself, and neither has PyTorch's gradient."""
    value = parameter.detach().numpy()
    found = []
    for name, array in initializers.items():
        if array.size != value.size:
            continue
        if np.array_equal(array.ravel(), value.ravel()):
            found.append((name, False))
        elif value.ndim == 2 and array.shape == value.T.shape and np.array_equal(array, value.T):
            found.append((name, True))
    return found[0] if len(found) == 1 else (None, False)


def reference(network, initializers, training):
    """Inputs, logits and gradients; computed in double precision so that they are the truth and not another rounding."""
    module = network.module
    found = {name: place(initializers, p) for name, p in module.named_parameters()}
    module = module.double()
    inputs = [x.double() if x.is_floating_point() else x for x in network.inputs.values()]
    with torch.no_grad():
        evaluated = module(*inputs)
    logits = module.train(training)(*inputs)
    generator = torch.Generator().manual_seed(7)
    direction = torch.randn(logits.shape, generator=generator, dtype=torch.float64)
    module.zero_grad()
    (logits * direction).sum().backward()
    result = {f"input/{name}": x.numpy() for name, x in network.inputs.items()}
    result["logits"] = evaluated.numpy()
    result["direction"] = direction.numpy()
    result["training"] = np.array(1 if training else 0, dtype=np.int64)
    missing = []
    for name, parameter in module.named_parameters():
        if parameter.grad is None:
            continue
        initializer, transposed = found[name]
        if initializer is None:
            missing.append(name)
            continue
        gradient = parameter.grad.numpy()
        key = f"gradient/{initializer}"
        gradient = gradient.T if transposed else gradient.reshape(initializers[initializer].shape)
        result[key] = gradient
    module.float()
    return result, missing


def skeleton(model):
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size <= KEPT_ELEMENTS:
            continue
        # The same mean and deviation, but never outside what was there: a variance stays positive.
        mean, reach = float(array.mean()), float(array.std()) * 3**0.5
        low, high = max(float(array.min()), mean - reach), min(float(array.max()), mean + reach)
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.doc_string = f"uniform {low!r} {high!r}"
    for node in model.graph.node:
        node.ClearField("doc_string")
        del node.metadata_props[:]
    for value in list(model.graph.value_info) + list(model.graph.input) + list(model.graph.output):
        del value.metadata_props[:]
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    del model.functions[:]
    return model


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")
    for name in sys.argv[2:] or networks.NAMES:
        for exporter in ("torchscript", "dynamo"):
            torch.manual_seed(1)
            network = networks.build(name)
            path = out / f"{name}.{exporter}.onnx"
            try:
                export(network, exporter, str(path))
            except Exception as e:  # an exporter's own failure is a result too
                print(f"{name} {exporter}: NOT EXPORTED: {type(e).__name__}: {str(e).splitlines()[0]}", flush=True)
                continue
            model = onnx.load(str(path))
            initializers = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
            values, missing = reference(network, initializers, exporter == "torchscript")
            # DJL reads arrays in C order only.
            np.savez(out / f"{name}.{exporter}.npz", **{key: np.ascontiguousarray(v) for key, v in values.items()})
            onnx.save(skeleton(model), str(out / f"{name}.{exporter}.skeleton.onnx"))
            operators = sorted({n.op_type for n in model.graph.node})
            print(f"{name} {exporter}: {len(model.graph.node)} nodes, {len(values)} arrays,"
                  f" not in the file: {missing}, operators {' '.join(operators)}", flush=True)


if __name__ == "__main__":
    main()
