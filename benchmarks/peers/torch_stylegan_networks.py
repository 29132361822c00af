"""The networks of StyleGAN-lite in PyTorch, as its PyTorch users write them: Karras et al. 2020, arXiv:1912.04958.

Sizes are those of our variant at 32 pixels. Styles scale the weights, each sample has filters of its own, and a batch is
one convolution with as many groups as it has samples.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

SIDE = 32
BASE = 4
LATENT = 128
WIDEST = 128
MAPPING_LAYERS = 2
MAPPING_RATE = 0.01
W_AVG_DECAY = 0.998
STDDEV_GROUP = 4


def levels(width):
    """Sides and channels, from the smallest feature maps to those of the image's size."""
    steps = int(math.log2(SIDE // BASE))
    return [(BASE * 2**i, min(WIDEST, width * 2 ** (steps - i))) for i in range(steps + 1)]


def rectified(x):
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


class Resample(nn.Module):
    """The low-pass filter 1 3 3 1 for each channel by itself, alone, before halving or after doubling."""

    def __init__(self):
        super().__init__()
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
        self.register_buffer("filter", (taps[:, None] * taps / taps.sum() ** 2)[None, None])

    def expanded(self, x, gain):
        return (self.filter * gain).expand(x.shape[1], 1, 4, 4)

    def blur(self, x, padding, gain=1.0):
        return F.conv2d(x, self.expanded(x, gain), padding=padding, groups=x.shape[1])

    def half(self, x):
        return F.conv2d(x, self.expanded(x, 1.0), stride=2, padding=1, groups=x.shape[1])

    def twice(self, x):
        return F.conv_transpose2d(x, self.expanded(x, 4.0), stride=2, padding=1, groups=x.shape[1])


class EqualLinear(nn.Module):
    def __init__(self, inputs, outputs, bias=0.0, rate=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = rate / math.sqrt(inputs), rate

    def forward(self, x):
        return F.linear(x, self.weight * self.scale, self.bias * self.rate)


class EqualConv2d(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, padding=0, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale = 1 / math.sqrt(inputs * kernel**2)
        self.stride, self.padding = stride, padding

    def forward(self, x):
        return F.conv2d(x, self.weight * self.scale, self.bias, self.stride, self.padding)


class ModulatedConv2d(nn.Module):
    def __init__(self, inputs, outputs, kernel, demodulate=True, up=False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.style = EqualLinear(LATENT, inputs, bias=1.0)
        self.scale = 1 / math.sqrt(inputs * kernel**2)
        self.demodulate, self.kernel = demodulate, kernel
        self.resample = Resample() if up else None

    def forward(self, x, w):
        n, inputs, height, width = x.shape
        outputs, kernel = len(self.weight), self.kernel
        weight = self.scale * self.weight * self.style(w).view(n, 1, inputs, 1, 1)
        if self.demodulate:
            norm = torch.rsqrt(weight.square().sum([2, 3, 4]) + 1e-8)
            weight = weight * norm.view(n, outputs, 1, 1, 1)
        x = x.reshape(1, n * inputs, height, width)
        if self.resample is None:
            weight = weight.view(n * outputs, inputs, kernel, kernel)
            y = F.conv2d(x, weight, padding=kernel // 2, groups=n)
            return y.view(n, outputs, height, width)
        weight = weight.transpose(1, 2).reshape(n * inputs, outputs, kernel, kernel)
        y = F.conv_transpose2d(x, weight, stride=2, groups=n)
        return self.resample.blur(y.view(n, outputs, *y.shape[2:]), padding=1, gain=4.0)


class StyledConv(nn.Module):
    def __init__(self, inputs, outputs, up=False):
        super().__init__()
        self.convolution = ModulatedConv2d(inputs, outputs, 3, up=up)
        self.noise_strength = nn.Parameter(torch.zeros(()))
        self.bias = nn.Parameter(torch.zeros(1, outputs, 1, 1))

    def forward(self, x, w):
        y = self.convolution(x, w)
        noise = torch.randn(len(y), 1, *y.shape[2:])
        return rectified(y + self.noise_strength * noise + self.bias)


class ToRGB(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.convolution = ModulatedConv2d(inputs, 3, 1, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))
        self.resample = Resample()

    def forward(self, x, w, skip=None):
        y = self.convolution(x, w) + self.bias
        return y if skip is None else y + self.resample.twice(skip)


class Mapping(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [EqualLinear(LATENT, LATENT, rate=MAPPING_RATE) for _ in range(MAPPING_LAYERS)]
        self.layers = nn.ModuleList(layers)
        self.register_buffer("w_avg", torch.zeros(LATENT))

    def forward(self, z):
        w = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)
        for layer in self.layers:
            w = rectified(layer(w))
        if torch.is_grad_enabled():  # not while only D learns
            self.w_avg.copy_(w.detach().mean(0).lerp(self.w_avg, W_AVG_DECAY))
        return w


class Synthesis(nn.Module):
    """Takes ws [N, styles, LATENT], one for each styled layer and one more for the last colours."""

    def __init__(self, width):
        super().__init__()
        (side, top), *rest = levels(width)
        self.constant = nn.Parameter(torch.randn(1, top, side, side))
        self.first, self.first_rgb = StyledConv(top, top), ToRGB(top)
        self.ups, self.convolutions, self.to_rgbs = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        inputs = top
        for _, outputs in rest:
            self.ups.append(StyledConv(inputs, outputs, up=True))
            self.convolutions.append(StyledConv(outputs, outputs))
            self.to_rgbs.append(ToRGB(outputs))
            inputs = outputs
        self.styles = 2 + 2 * len(rest)

    def forward(self, ws):
        w = ws.unbind(1)
        x = self.first(self.constant.expand(len(ws), -1, -1, -1), w[0])
        image = self.first_rgb(x, w[1])
        for i, (up, convolution, to_rgb) in enumerate(zip(self.ups, self.convolutions, self.to_rgbs)):
            x = convolution(up(x, w[2 * i + 1]), w[2 * i + 2])
            image = to_rgb(x, w[2 * i + 3], image)
        return image


class ResidualBlock(nn.Module):
    """Half the size: two convolutions of 3x3, and one of 1x1 beside them."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = EqualConv2d(inputs, inputs, 3, padding=1)
        self.second = EqualConv2d(inputs, outputs, 3, stride=2)
        self.skip = EqualConv2d(inputs, outputs, 1, bias=False)
        self.resample = Resample()

    def forward(self, x):
        y = rectified(self.first(x))
        y = rectified(self.second(self.resample.blur(y, padding=2)))
        return (y + self.skip(self.resample.half(x))) / math.sqrt(2)


class Discriminator(nn.Module):
    def __init__(self, width):
        super().__init__()
        (side, widest), *_ = sizes = levels(width)
        channels = [size for _, size in reversed(sizes)]
        self.from_rgb = EqualConv2d(3, channels[0], 1)
        self.blocks = nn.Sequential(*map(ResidualBlock, channels, channels[1:]))
        self.last = EqualConv2d(widest + 1, widest, 3, padding=1)
        self.features = EqualLinear(widest * side**2, widest)
        self.score = EqualLinear(widest, 1)

    def forward(self, x):
        x = self.blocks(rectified(self.from_rgb(x)))
        n, channels, height, width = x.shape
        groups = x.reshape(STDDEV_GROUP, -1, channels, height, width)
        deviation = (groups.var(0, unbiased=False) + 1e-8).sqrt().mean([1, 2, 3])
        deviation = deviation.repeat(STDDEV_GROUP).view(n, 1, 1, 1).expand(n, 1, height, width)
        x = rectified(self.last(torch.cat([x, deviation], 1)))
        return self.score(rectified(self.features(x.flatten(1))))
