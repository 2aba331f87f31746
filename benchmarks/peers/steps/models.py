"""The zoo's networks of the training-step benchmark, written in plain torch: the same layers, parameters and shapes."""

import torch
import torch.nn.functional as F
from torch import nn


class Mlp(nn.Sequential):
    """784-800-800-10."""

    def __init__(self):
        super().__init__(
            nn.Flatten(), nn.Linear(784, 800), nn.ReLU(), nn.Linear(800, 800), nn.ReLU(), nn.Linear(800, 10)
        )


class Tiny(nn.Sequential):
    """784-2-10: next to no arithmetic, so that a step's fixed cost is left."""

    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(784, 2), nn.ReLU(), nn.Linear(2, 10))


class LeNet5(nn.Sequential):
    """Caffe's LeNet-5."""

    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10),
        )


class ResidualBlock(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class ResNet20(nn.Sequential):
    """He et al. 2016 for 32x32 images, shortcuts of option B."""

    def __init__(self):
        layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
        channels = 16
        for filters in (16, 32, 64):
            for block in range(3):
                layers.append(ResidualBlock(channels, filters, 2 if filters > 16 and block == 0 else 1))
                channels = filters
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class GptBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width, bias=False)
        self.query, self.key, self.value, self.out = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.norm2 = nn.LayerNorm(width, bias=False)
        self.fc1 = nn.Linear(width, 4 * width, bias=False)
        self.fc2 = nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        b, t, w = x.shape
        y = self.norm1(x)
        q, k, v = (p(y).view(b, t, self.heads, -1).transpose(1, 2) for p in (self.query, self.key, self.value))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, w))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Gpt(nn.Module):
    """4 blocks of width 128, 4 heads, 64 tokens of 65 characters, last layer tied: nanoGPT's configuration for CPUs."""

    def __init__(self, vocabulary=65, length=64, width=128, heads=4, blocks=4):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width)
        self.positions = nn.Parameter(torch.randn(length, width) * 0.02)
        self.blocks = nn.Sequential(*(GptBlock(width, heads) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width, bias=False)
        nn.init.normal_(self.tokens.weight, std=0.02)

    def forward(self, x):
        return F.linear(self.norm(self.blocks(self.tokens(x) + self.positions)), self.tokens.weight)


class MobileNetV1(nn.Sequential):
    """Howard et al. 2017 at width 0.25 for 32x32 images: the first convolution keeps the size."""

    def __init__(self):
        def block(inputs, outputs, kernel, stride, groups):
            return [
                nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
            ]

        layers, channels = block(3, 8, 3, 1, 1), 8
        plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
        for filters, stride in plan:
            layers += block(channels, channels, 3, stride, channels) + block(channels, filters // 4, 1, 1, 1)
            channels = filters // 4
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


MODELS = {
    "tiny": Tiny,
    "mlp": Mlp,
    "lenet-5": LeNet5,
    "resnet-20": ResNet20,
    "mobilenet-v1": MobileNetV1,
    "gpt": Gpt,
}
