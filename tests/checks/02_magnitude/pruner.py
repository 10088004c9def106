# %% wrong: zeroes once and never again
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        with torch.no_grad():
            for name, mask in masks.items():
                model.get_submodule(name).weight.mul_(mask)

    def apply(self):
        pass


# %% wrong: masks the gradients alone
class Pruner:
    def __init__(self, model, masks):
        for name, mask in masks.items():
            weight = model.get_submodule(name).weight
            weight.data.mul_(mask)
            weight.register_hook(lambda gradient, mask=mask: gradient * mask)

    def apply(self):
        pass


# %% wrong: masks the gradients after the step
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        for name, mask in masks.items():
            model.get_submodule(name).weight.data.mul_(mask)

    def apply(self):
        for name, mask in self.masks.items():
            self.model.get_submodule(name).weight.grad.mul_(mask)


# %% wrong: replaces the parameters, so that the optimizer trains the old ones
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        for name, mask in self.masks.items():
            layer = self.model.get_submodule(name)
            layer.weight = nn.Parameter(layer.weight.detach() * mask)


# %% wrong: multiplies without keeping the product
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        for name, mask in self.masks.items():
            weight = self.model.get_submodule(name).weight
            weight = weight * mask


# %% wrong: keeps tensors that .to() leaves behind
class Pruner:
    def __init__(self, model, masks):
        self.pairs = [(model.get_submodule(name).weight.data, mask) for name, mask in masks.items()]
        self.apply()

    def apply(self):
        for data, mask in self.pairs:
            data.mul_(mask)


# %% wrong: in place on a leaf that requires its gradient
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        for name, mask in self.masks.items():
            self.model.get_submodule(name).weight.mul_(mask)


# %% wrong: zeroes the biases too
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        with torch.no_grad():
            for name, mask in self.masks.items():
                layer = self.model.get_submodule(name)
                layer.weight.mul_(mask)
                layer.bias.zero_()


# %% wrong: expects a mask for each layer of the model
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        with torch.no_grad():
            for name, layer in self.model.named_modules():
                if isinstance(layer, (nn.Conv2d, nn.Linear)):
                    layer.weight.mul_(self.masks[name])


# %% wrong: zeroes the kept weights
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        with torch.no_grad():
            for name, mask in self.masks.items():
                self.model.get_submodule(name).weight[mask] = 0


# %% wrong: chooses the smallest weights anew after each step
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        with torch.no_grad():
            for name, mask in masks.items():
                model.get_submodule(name).weight.mul_(mask)

    def apply(self):
        with torch.no_grad():
            for name, mask in self.masks.items():
                weight = self.model.get_submodule(name).weight
                rank = weight.abs().flatten().argsort().argsort().reshape(weight.shape)
                weight.mul_(rank >= (~mask).sum())


# %% wrong: freezes what it prunes, the kept weights included
class Pruner:
    def __init__(self, model, masks):
        for name, mask in masks.items():
            weight = model.get_submodule(name).weight
            weight.data.mul_(mask)
            weight.requires_grad_(False)

    def apply(self):
        pass


# %% wrong: prunes only when apply is called
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks

    def apply(self):
        with torch.no_grad():
            for name, mask in self.masks.items():
                self.model.get_submodule(name).weight.mul_(mask)


# %% wrong: takes batch norm's weights along
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        with torch.no_grad():
            for name, mask in self.masks.items():
                self.model.get_submodule(name).weight.mul_(mask)
            for layer in self.model.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.weight.mul_(layer.weight.abs() > 1)


# %% right: by indexing through .data
class Pruner:
    def __init__(self, model, masks):
        self.pairs = [(model.get_submodule(name), mask) for name, mask in masks.items()]
        self.apply()

    def apply(self):
        for layer, mask in self.pairs:
            layer.weight.data[~mask] = 0


# %% wrong: torch's pruner inside
# The task asks apply() itself to write the zeros, into a model that keeps its parameters and gets no hooks.
class Pruner:
    def __init__(self, model, masks):
        for name, mask in masks.items():
            prune.custom_from_mask(model.get_submodule(name), "weight", mask)

    def apply(self):
        pass  # torch multiplies by the mask in each forward pass


# %% right: holds parameters, by name
class Pruner:
    def __init__(self, model, masks):
        self.held = {
            p: masks[name.removesuffix(".weight")]
            for name, p in model.named_parameters()
            if name.endswith(".weight") and name.removesuffix(".weight") in masks
        }
        self.apply()

    @torch.no_grad()
    def apply(self):
        for parameter, mask in self.held.items():
            parameter.masked_fill_(~mask, 0.0)


# %% wrong: a parametrisation
# The task asks apply() itself to write the zeros, into a model that keeps its parameters and gets no hooks.
class Masked(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.register_buffer("mask", mask)

    def forward(self, weight):
        return weight * self.mask


class Pruner:
    def __init__(self, model, masks):
        for name, mask in masks.items():
            torch.nn.utils.parametrize.register_parametrization(model.get_submodule(name), "weight", Masked(mask))

    def apply(self):
        pass


# %% wrong: keeps data alias
class Pruner:
    def __init__(self, model, masks):
        self.pairs = [(model.get_submodule(n).weight.data, m) for n, m in masks.items()]
        self.apply()

    def apply(self):
        for w, m in self.pairs:
            w *= m


# %% wrong: new parameter each time
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    def apply(self):
        for n, m in self.masks.items():
            layer = self.model.get_submodule(n)
            layer.weight = nn.Parameter(layer.weight.detach() * m)


# %% wrong: gradient hook only
class Pruner:
    def __init__(self, model, masks):
        for n, m in masks.items():
            w = model.get_submodule(n).weight
            w.data.mul_(m)
            w.register_hook(lambda g, m=m: g * m)

    def apply(self):
        pass


# %% wrong: bias of silent units too
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    @torch.no_grad()
    def apply(self):
        for n, m in self.masks.items():
            layer = self.model.get_submodule(n)
            layer.weight.mul_(m)
            if layer.bias is not None:
                layer.bias.mul_(m.flatten(1).any(1))


# %% wrong: prefix of names
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    @torch.no_grad()
    def apply(self):
        for pname, p in self.model.named_parameters():
            for n, m in self.masks.items():
                if pname.startswith(n) and p.shape == m.shape:
                    p.mul_(m)


# %% wrong: inverted mask
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        self.apply()

    @torch.no_grad()
    def apply(self):
        for n, m in self.masks.items():
            self.model.get_submodule(n).weight[m] = 0


# %% wrong: mask from zeros of now
class Pruner:
    def __init__(self, model, masks):
        self.model, self.masks = model, masks
        with torch.no_grad():
            for n, m in masks.items():
                model.get_submodule(n).weight.mul_(m)

    @torch.no_grad()
    def apply(self):
        for n in self.masks:
            w = self.model.get_submodule(n).weight
            w.mul_(w != 0)


# %% wrong: torch pruner and empty apply
class Pruner:
    def __init__(self, model, masks):
        for n, m in masks.items():
            prune.custom_from_mask(model.get_submodule(n), "weight", m)

    def apply(self):
        pass


# %% breach: forward hook and empty apply
class Pruner:
    def __init__(self, model, masks):
        for n, m in masks.items():
            layer = model.get_submodule(n)
            layer.weight.data.mul_(m)
            layer.register_forward_pre_hook(lambda module, inputs, m=m: [module.weight.data.mul_(m)] and None)

    def apply(self):
        pass


# %% wrong: class level state
class Pruner:
    jobs = []

    def __init__(self, model, masks):
        Pruner.jobs += [(model, n, m) for n, m in masks.items()]
        self.apply()

    @torch.no_grad()
    def apply(self):
        for model, n, m in Pruner.jobs:
            model.get_submodule(n).weight.mul_(m)


# %% wrong: last pruner wins global
class Pruner:
    def __init__(self, model, masks):
        global pruned_model, pruned_masks
        pruned_model, pruned_masks = model, masks
        self.apply()

    @torch.no_grad()
    def apply(self):
        for n, m in pruned_masks.items():
            pruned_model.get_submodule(n).weight.mul_(m)


# %% right: masked fill
class Pruner:
    def __init__(self, model, masks):
        self.model = model
        self.gone = {n: ~m for n, m in masks.items()}
        self.apply()

    def apply(self):
        with torch.no_grad():
            for n, g in self.gone.items():
                self.model.get_submodule(n).weight.masked_fill_(g, 0.0)


# %% right: data assignment
class Pruner:
    def __init__(self, model, masks):
        self.layers = [(dict(model.named_modules())[n], m) for n, m in masks.items()]
        self.apply()

    def apply(self):
        for layer, m in self.layers:
            layer.weight.data = layer.weight.data * m


# %% right: index put
class Pruner:
    def __init__(self, model, masks):
        self.model = model
        self.where = {n: (~m).nonzero(as_tuple=True) for n, m in masks.items()}
        self.apply()

    def apply(self):
        for n, i in self.where.items():
            self.model.get_submodule(n).weight.data[i] = 0
