"""The networks that are exported: structures of torchvision, timm and transformers, sizes that fit a small machine."""

import dataclasses

import torch

# A torchvision whose compiled operators were built for another torch fails at import for want of these names. Only
# its structures are used here.
_OPERATORS = torch.library.Library("torchvision", "FRAGMENT")
for _name in ("nms", "qnms"):
    if not hasattr(torch.ops.torchvision, _name):
        _OPERATORS.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


@dataclasses.dataclass
class Network:
    module: torch.nn.Module
    inputs: dict


def _image(module, size=64, batch=4):
    return Network(_settled(module), {"images": torch.randn(batch, 3, size, size)})


def _settled(module):
    """Evaluation mode, nothing drawn at random in training mode either, and no tensor of equal values: two biases of
    zeros could not be told apart in the file."""
    generator = torch.Generator().manual_seed(3)
    for part in module.modules():
        if type(part).__name__ in ("Dropout", "StochasticDepth"):
            part.p = 0.0
        if isinstance(part, torch.nn.modules.batchnorm._BatchNorm):
            part.running_mean.data.copy_(torch.randn(part.running_mean.shape, generator=generator) * 0.1)
            part.running_var.data.copy_(torch.rand(part.running_var.shape, generator=generator) + 0.5)
    for parameter in module.parameters():
        first = parameter.data.flatten()[0]
        if torch.all(parameter.data == first):
            noise = torch.randn(parameter.shape, generator=generator) * 0.1
            parameter.data.copy_(noise + (1 if first == 1 else 0))
    return module.eval()


def _torchvision(name, **options):
    import torchvision
    return lambda: _image(getattr(torchvision.models, name)(weights=None, num_classes=10, **options))


def _vgg11_bn():
    import torchvision
    module = torchvision.models.vgg11_bn(weights=None, num_classes=10)
    module.avgpool = torch.nn.Identity()
    module.classifier = torch.nn.Sequential(
        torch.nn.Linear(512 * 4, 64), torch.nn.ReLU(), torch.nn.Dropout(), torch.nn.Linear(64, 10))
    return _image(module)


def _timm(name, size=64, **options):
    def build():
        import timm
        return _image(timm.create_model(name, pretrained=False, num_classes=10, **options), size)
    return build


class _Logits(torch.nn.Module):
    """The logits of a transformers model, as a plain tensor."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).logits


def _tokens(model, length=16, vocabulary=100):
    return Network(_settled(_Logits(model)), {"input_ids": torch.randint(1, vocabulary, (4, length))})


def _bert():
    from transformers import BertConfig, BertForSequenceClassification
    return _tokens(BertForSequenceClassification(BertConfig(
        vocab_size=100, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=32, num_labels=3, hidden_dropout_prob=0, attention_probs_dropout_prob=0)))


def _distilbert():
    from transformers import DistilBertConfig, DistilBertForSequenceClassification
    return _tokens(DistilBertForSequenceClassification(DistilBertConfig(
        vocab_size=100, dim=32, n_layers=2, n_heads=4, hidden_dim=64, max_position_embeddings=32, num_labels=3,
        dropout=0, attention_dropout=0, seq_classif_dropout=0)))


def _gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel
    return _tokens(GPT2LMHeadModel(GPT2Config(
        vocab_size=100, n_embd=32, n_layer=2, n_head=4, n_positions=32, use_cache=False,
        resid_pdrop=0, embd_pdrop=0, attn_pdrop=0)))


_BUILDERS = {
    "resnet18": _torchvision("resnet18"),
    "resnet50": _torchvision("resnet50"),
    "vgg11_bn": _vgg11_bn,
    "mobilenet_v2": _torchvision("mobilenet_v2"),
    "mobilenet_v3_small": _torchvision("mobilenet_v3_small"),
    "squeezenet1_1": _torchvision("squeezenet1_1"),
    "efficientnet_b0": _torchvision("efficientnet_b0"),
    "densenet121": _torchvision("densenet121"),
    "mobilenetv3_small_050": _timm("mobilenetv3_small_050"),
    "convnext_tiny": _timm("convnext_tiny", depths=(1, 1, 3, 1), dims=(24, 48, 96, 192)),
    "vit": _timm("vit_tiny_patch16_224", img_size=64, depth=2),
    "bert": _bert,
    "distilbert": _distilbert,
    "gpt2": _gpt2,
}

NAMES = list(_BUILDERS)


def build(name):
    return _BUILDERS[name]()
