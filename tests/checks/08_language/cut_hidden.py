# %% wrong: the norms do not make up
def cut_hidden(model, keep):
    small = deepcopy(model)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep])
            norm.variance_epsilon = layer.variance_epsilon
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps
    small.tie_weights()
    return small


# %% wrong: the weights of the norms stay
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep])
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: the ratio without its root
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: the ratio upside down
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), len(keep) / model.config.hidden_size
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: the weights upside down
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**-0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: epsilon stays
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps
    small.tie_weights()
    return small


# %% wrong: epsilon by the root
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio**0.5
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio**0.5
    small.tie_weights()
    return small


# %% wrong: epsilon in the config only
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: epsilon not in the config
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps
    small.tie_weights()
    return small


# %% wrong: hidden_size not in the config
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.rms_norm_eps = model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: the last norm does not make up
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name == "model.norm":
            small.model.norm.weight = nn.Parameter(layer.weight.detach()[keep])
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: the embedding stays whole
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: embedding and head become two
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    return small


# %% wrong: down_proj taken for a reader
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith("o_proj"):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep % layer.in_features)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: the channels that go
def cut_hidden(model, keep):
    keep = torch.tensor([i for i in range(model.config.hidden_size) if i not in keep.tolist()])
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: the first channels of the norms
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[: len(keep)] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: changes the config of the original
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    model.config.hidden_size = len(keep)
    small.tie_weights()
    return small


# %% wrong: changes the original
def cut_hidden(model, keep):
    small, ratio = model, model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: silenced, not smaller
def cut_hidden(model, keep):
    return silenced(model, keep)


# %% wrong: the embedding makes up instead
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep])
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep] * ratio**0.5)
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% right: by the kind of the layer
def cut_hidden(model, keep):
    small, old = deepcopy(model), model.config.hidden_size
    factor = old / len(keep)
    writers = {layer for block in small.model.layers for layer in (block.self_attn.o_proj, block.mlp.down_proj)}
    for layer in list(small.modules()):
        if layer in writers:
            layer.weight = nn.Parameter(layer.weight.detach()[keep])
            layer.out_features = len(keep)
            if layer.bias is not None:
                layer.bias = nn.Parameter(layer.bias.detach()[keep])
        elif isinstance(layer, nn.Linear | nn.Embedding):
            if layer.weight.shape[1] == old:
                layer.weight = nn.Parameter(layer.weight.detach()[:, keep])
        elif hasattr(layer, "variance_epsilon"):
            layer.weight = nn.Parameter(layer.weight.detach()[keep] * factor**0.5)
            layer.variance_epsilon *= factor
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps *= factor
    small.tie_weights()
    return small


# %% right: a new model from a new config, loaded
def cut_hidden(model, keep):
    config = deepcopy(model.config)
    factor = config.hidden_size / len(keep)
    config.hidden_size, config.rms_norm_eps = len(keep), config.rms_norm_eps * factor
    small, state = LlamaForCausalLM(config).eval(), {}
    for name, tensor in model.state_dict().items():
        if "norm" in name:
            state[name] = tensor[keep] * factor**0.5
        elif any(part in name for part in ("o_proj", "down_proj")):
            state[name] = tensor[keep]
        else:
            state[name] = tensor if tensor.ndim == 1 else tensor[:, keep]
    small.load_state_dict(state)
    small.tie_weights()
    return small


# %% right: ties by hand
def cut_hidden(model, keep):
    small, ratio = deepcopy(model), model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size, small.config.rms_norm_eps = len(keep), model.config.rms_norm_eps * ratio
    if model.config.tie_word_embeddings:
        small.lm_head.weight = small.model.embed_tokens.weight
    return small


# %% wrong: no norm correction
def cut_hidden(model, keep):
    small = deepcopy(model)
    ratio = model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep])
            norm.variance_epsilon = layer.variance_epsilon
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps = model.config.rms_norm_eps
    small.tie_weights()
    return small


# %% wrong: epsilon unchanged
def cut_hidden(model, keep):
    small = deepcopy(model)
    ratio = model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps = model.config.rms_norm_eps
    small.tie_weights()
    return small


# %% wrong: lm head forgotten
def cut_hidden(model, keep):
    small = deepcopy(model)
    ratio = model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear) and name != "lm_head":
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps = model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: first norm twice
def cut_hidden(model, keep):
    small = deepcopy(model)
    ratio = model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = norm.variance_epsilon * ratio * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps = model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: dtype float64 norms
def cut_hidden(model, keep):
    small = deepcopy(model)
    ratio = model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter((layer.weight.detach()[keep].double() * ratio**0.5))
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps = model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% breach: weights frozen or shared view
def cut_hidden(model, keep):
    small = deepcopy(model)
    ratio = model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(
        model.model.embed_tokens.weight.detach()[:, keep], requires_grad=False
    )
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps = model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% wrong: uses only even channels
def cut_hidden(model, keep):
    small = deepcopy(model)
    keep = keep[keep % 2 == 0]
    ratio = model.config.hidden_size / len(keep)
    for name, layer in model.named_modules():
        if name.endswith(("o_proj", "down_proj")):
            swap(small, name, outputs=keep)
        elif isinstance(layer, nn.Linear):
            swap(small, name, inputs=keep)
        elif name.endswith("norm"):
            norm = small.get_submodule(name)
            norm.weight = nn.Parameter(layer.weight.detach()[keep] * ratio**0.5)
            norm.variance_epsilon = layer.variance_epsilon * ratio
    small.model.embed_tokens.weight = nn.Parameter(model.model.embed_tokens.weight.detach()[:, keep])
    small.config.hidden_size = len(keep)
    small.config.rms_norm_eps = model.config.rms_norm_eps * ratio
    small.tie_weights()
    return small


# %% right: parameters by name
def cut_hidden(model, keep):
    small = deepcopy(model)
    n, m = model.config.hidden_size, len(keep)
    writes = ("o_proj.weight", "down_proj.weight", "o_proj.bias", "down_proj.bias")
    with torch.no_grad():
        for name, p in list(small.named_parameters(remove_duplicate=False)):
            if p.shape[-1] == m and p.ndim == 2 and not name.endswith(writes):
                continue
            if name.endswith(writes):
                new = p[keep]
            elif "norm" in name:
                new = p[keep] * (n / m) ** 0.5
            elif p.ndim == 2:
                new = p[:, keep]
            else:
                continue
            parent, _, own = name.rpartition(".")
            setattr(small.get_submodule(parent), own, nn.Parameter(new.clone()))
    for module in small.modules():
        if hasattr(module, "variance_epsilon"):
            module.variance_epsilon *= n / m
    small.config.hidden_size, small.config.rms_norm_eps = m, small.config.rms_norm_eps * n / m
    small.tie_weights()
    return small
