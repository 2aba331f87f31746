"""nanoGPT's configuration for CPUs, trained by PyTorch: what Reflux's tiny-gpt is compared with.

    python benchmarks/peers/tiny_gpt.py input.txt SEED [STEPS]

The same model, initialisation, optimiser and schedule as benchmarks/tiny-gpt/tiny-gpt.yaml, written anew from the papers
with PyTorch's own modules; windows are drawn with replacement, as nanoGPT draws them. Prints the loss of the last tenth of
the text, every character of its touching windows predicted once, as Reflux reports it.
"""

import gzip
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

DEPTH, HEADS, WIDTH, LENGTH, BATCH = 4, 4, 128, 64, 12


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, bias=False), nn.LayerNorm(WIDTH, bias=False)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.fc1, self.fc2 = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = (part.view(b, t, HEADS, -1).transpose(1, 2) for part in self.qkv(self.norm1(x)).chunk(3, -1))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(b, t, WIDTH))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Gpt(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.tokens = nn.Parameter(0.02 * torch.randn(vocabulary, WIDTH))
        self.positions = nn.Parameter(0.02 * torch.randn(LENGTH, WIDTH))
        self.blocks = nn.Sequential(*(Block() for _ in range(DEPTH)))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        for name, weight in self.blocks.named_parameters():
            if weight.dim() == 2:
                ends = name.endswith(("out.weight", "fc2.weight"))
                nn.init.normal_(weight, std=0.02 / (math.sqrt(2 * DEPTH) if ends else 1))

    def forward(self, ids):
        x = self.norm(self.blocks(F.embedding(ids, self.tokens) + self.positions))
        return F.linear(x, self.tokens)


def rate(step, steps, warmup=100, top=1e-3, low=1e-4):
    if step < warmup:
        return top * (step + 1) / warmup
    return low + 0.5 * (top - low) * (1 + math.cos(math.pi * min(1, (step - warmup) / (steps - warmup))))


def main(path, seed, steps=2000):
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    text = (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8").read()
    characters = sorted(set(text))
    ids = torch.tensor([characters.index(c) for c in text])
    split = int(0.9 * len(ids))
    train, test = ids[:split], ids[split:]
    model = Gpt(len(characters))
    groups = [
        {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99), eps=1e-8)
    began, total = time.time(), 0.0
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        starts = torch.randint(len(train) - LENGTH, (BATCH,))
        x = torch.stack([train[s : s + LENGTH] for s in starts])
        y = torch.stack([train[s + 1 : s + 1 + LENGTH] for s in starts])
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += loss.item()
        if (step + 1) % 250 == 0:
            print(f"step {step + 1}: training loss {total / 250:.4f}, {time.time() - began:.0f} s", flush=True)
            total = 0.0
    model.eval()
    windows = (len(test) - 1) // LENGTH
    x, y = test[: windows * LENGTH].view(windows, LENGTH), test[1 : windows * LENGTH + 1].view(windows, LENGTH)
    with torch.no_grad():
        losses = [
            F.cross_entropy(model(a).flatten(0, 1), b.flatten(), reduction="sum")
            for a, b in zip(x.split(250), y.split(250))
        ]
    print(f"seed {seed}: loss {sum(losses).item() / (windows * LENGTH):.4f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *(int(a) for a in sys.argv[3:4]))
