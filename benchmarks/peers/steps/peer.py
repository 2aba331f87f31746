"""PyTorch's side of benchmarks/training-step: takes its turns by JSON lines on standard input and output.

  {"do": "prepare", "model": "mlp", "batch": 32, "precision": "fp32", "mode": "eager",  "inputs": [..], "classes": 10,
   "positions": 1}                                  -> {"parameters": n}
  {"do": "run", "steps": 5, "clock": "WALL"}        -> {"seconds": s}

A step is what the Java side's is: host arrays in, forward, T^2 KL + cross-entropy, backward, SGD with momentum, loss out.
"""

import json
import os
import sys
import time
import warnings

import torch
import torch.nn.functional as F

from models import MODELS

TEMPERATURE = 4.0


def quantised(model, order):
    """PyTorch's own QAT, run eagerly: fused convolutions and norms, fake quantisation with moving averages of ranges."""
    from torch.ao.quantization import get_default_qat_qconfig_mapping
    from torch.ao.quantization.quantize_fx import prepare_qat_fx

    warnings.simplefilter("ignore")
    return prepare_qat_fx(model, get_default_qat_qconfig_mapping("x86"), (torch.rand(2, *order["inputs"]),))


def prepare(order):
    torch.manual_seed(1)
    model = MODELS[order["model"]]().train()
    images = len(order["inputs"]) == 3
    if order["mode"] == "qat":
        model = quantised(model, order)
    if images:
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, fused=True)
    batch, classes = order["batch"], order["classes"]
    rows = batch * order["positions"]
    if images:
        inputs = torch.rand(batch, *order["inputs"]).numpy()
    else:
        inputs = torch.randint(0, classes, (batch, *order["inputs"])).numpy()
    teacher = torch.randn(rows, classes).numpy()
    labels = torch.randint(0, classes, (rows,)).numpy()
    low = order["precision"] == "bf16"

    def loss_of(x, q, y):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
            z = model(x)
        z = z.flatten(0, -2).float()
        soft = F.kl_div(
            F.log_softmax(z / TEMPERATURE, -1), F.log_softmax(q / TEMPERATURE, -1), reduction="batchmean", log_target=True
        )
        return TEMPERATURE**2 * soft + F.cross_entropy(z, y)

    if order["mode"] == "compile":
        loss_of = torch.compile(loss_of)

    def step():
        x = torch.from_numpy(inputs)
        if images:
            x = x.contiguous(memory_format=torch.channels_last)
        loss = loss_of(x, torch.from_numpy(teacher), torch.from_numpy(labels))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step, sum(p.numel() for p in model.parameters())


def main():
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    answers = sys.stdout
    sys.stdout = sys.stderr  # a library that prints must not be taken for an answer
    step = None
    print(json.dumps({"torch": torch.__version__}), file=answers, flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "prepare":
            step, parameters = prepare(order)
            answer = {"parameters": parameters}
        else:
            clock = time.thread_time if order["clock"] == "CPU" else time.perf_counter
            begin = clock()
            for _ in range(order["steps"]):
                step()
            answer = {"seconds": clock() - begin}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
