# %% wrong: reads the test split
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.l1_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
                curves[name][sparsity] = accuracy(copy, data.test)
    return curves


# %% wrong: reads the training split
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.l1_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
                curves[name][sparsity] = accuracy(copy, data.train)
    return curves


# %% wrong: leaves the model pruned
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            for sparsity in sparsities:
                prune.l1_unstructured(layer, "weight", amount=sparsity)
                curves[name][sparsity] = accuracy(model, data.validation)
                prune.remove(layer, "weight")
    return curves


# %% wrong: one copy for all layers, so that the cuts add up
def sensitivity_scan(model, data, sparsities):
    copy, curves = deepcopy(model), {}
    for name, layer in copy.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            dense = layer.weight.detach().clone()
            curves[name] = {}
            for sparsity in sparsities:
                layer.weight.data = dense.clone()
                prune.l1_unstructured(layer, "weight", amount=sparsity)
                prune.remove(layer, "weight")
                curves[name][sparsity] = accuracy(copy, data.validation)
    return curves


# %% wrong: restores the weights but leaves torch's hooks
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            prune.identity(layer, "weight")
            for sparsity in sparsities:
                layer.weight_mask.copy_(
                    prune.L1Unstructured(sparsity).compute_mask(layer.weight_orig, torch.ones_like(layer.weight_orig))
                )
                curves[name][sparsity] = accuracy(model, data.validation)
            layer.weight_mask.fill_(1)
    return curves


# %% wrong: prunes all layers at once
def sensitivity_scan(model, data, sparsities):
    names = [name for name, layer in model.named_modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    curves = {name: {} for name in names}
    for sparsity in sparsities:
        copy = deepcopy(model)
        for name in names:
            prune.l1_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
        for name in names:
            curves[name][sparsity] = accuracy(copy, data.validation)
    return curves


# %% wrong: takes sparsity for density
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.l1_unstructured(copy.get_submodule(name), "weight", amount=1.0 - sparsity)
                curves[name][sparsity] = accuracy(copy, data.validation)
    return curves


# %% wrong: prunes at random
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.random_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
                curves[name][sparsity] = accuracy(copy, data.validation)
    return curves


# %% wrong: forgets the absolute value
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                weight = copy.get_submodule(name).weight.data.view(-1)
                weight[weight.argsort()[: round(sparsity * len(weight))]] = 0
                curves[name][sparsity] = accuracy(copy, data.validation)
    return curves


# %% wrong: scans batch norm too
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if getattr(layer, "weight", None) is not None:
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.l1_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
                curves[name][sparsity] = accuracy(copy, data.validation)
    return curves


# %% wrong: prunes a copy and measures the model
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = {}
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.l1_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
                curves[name][sparsity] = accuracy(model, data.validation)
    return curves


# %% wrong: lists instead of dicts
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            curves[name] = []
            for sparsity in sparsities:
                copy = deepcopy(model)
                prune.l1_unstructured(copy.get_submodule(name), "weight", amount=sparsity)
                curves[name].append(accuracy(copy, data.validation))
    return curves


# %% wrong: the threshold of the whole model, applied to one layer
def sensitivity_scan(model, data, sparsities):
    curves = {}
    names = [name for name, module in model.named_modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    for name in names:
        curves[name] = {}
        for sparsity in sparsities:
            twin = deepcopy(model)
            pairs = [(twin.get_submodule(each), "weight") for each in names]
            prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=sparsity)
            mask = twin.get_submodule(name).weight_mask
            curves[name][sparsity] = accuracy(masked(model, {name: mask}), data.validation)
    return curves


# %% wrong: cuts the same copy ever further
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            curves[name], twin = {}, deepcopy(model)
            for sparsity in sparsities:
                weight = twin.get_submodule(name).weight
                mask = prune.L1Unstructured(sparsity).compute_mask(weight.detach(), torch.ones_like(weight))
                weight.data *= mask
                curves[name][sparsity] = accuracy(twin, data.validation)
    return curves


# %% wrong: cuts in place and puts the dense weight back, but not the mode
# `accuracy` leaves the model in evaluation mode; the task asks for the mode that it was in.
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for name, layer in model.named_modules():
        if not isinstance(layer, (nn.Conv2d, nn.Linear)):
            continue
        dense, curves[name] = layer.weight.detach().clone(), {}
        order = dense.abs().flatten().argsort()
        for sparsity in sparsities:
            cut = dense.flatten().clone()
            cut[order[: round(sparsity * len(cut))]] = 0
            with torch.no_grad():
                layer.weight.copy_(cut.view_as(dense))
            curves[name][sparsity] = accuracy(model, data.validation)
        with torch.no_grad():
            layer.weight.copy_(dense)
    return curves


# %% right: cuts in place and puts weight and mode back
def sensitivity_scan(model, data, sparsities):
    curves, training = {}, model.training
    for name, layer in model.named_modules():
        if not isinstance(layer, (nn.Conv2d, nn.Linear)):
            continue
        dense, curves[name] = layer.weight.detach().clone(), {}
        for sparsity in sparsities:
            with torch.no_grad():
                layer.weight.mul_(magnitude_mask(dense, sparsity))
            curves[name][sparsity] = accuracy(model, data.validation)
            with torch.no_grad():
                layer.weight.copy_(dense)
    model.train(training)
    return curves


# %% right: by the state of the model
def sensitivity_scan(model, data, sparsities):
    twin, dense = deepcopy(model), deepcopy(model.state_dict())
    names = [name for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d | nn.Linear)]

    def cut(weight, sparsity):
        return weight * prune.L1Unstructured(float(sparsity)).compute_mask(weight, torch.ones_like(weight))

    def scan(name, sparsity):
        twin.load_state_dict({**dense, f"{name}.weight": cut(dense[f"{name}.weight"], sparsity)})
        return accuracy(twin, data.validation)

    return {name: {sparsity: scan(name, sparsity) for sparsity in sparsities} for name in names}


# %% wrong: layers add up
def sensitivity_scan(model, data, sparsities):
    curves = {n: {} for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    for s in sparsities:
        copy = deepcopy(model)
        for n in curves:
            prune.l1_unstructured(copy.get_submodule(n), "weight", amount=s)
            curves[n][s] = accuracy(copy, data.validation)
    return curves


# %% wrong: quantile threshold
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for n, m in model.named_modules():
        if isinstance(m, nn.Conv2d | nn.Linear):
            a = m.weight.detach().abs()
            curves[n] = {s: accuracy(masked(model, {n: a > a.quantile(s)}), data.validation) for s in sparsities}
    return curves


# %% wrong: kth threshold ties
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for n, m in model.named_modules():
        if isinstance(m, nn.Conv2d | nn.Linear):
            a = m.weight.detach().abs()
            curves[n] = {}
            for s in sparsities:
                k = round(s * a.numel())
                t = a.flatten().kthvalue(k).values if k else -1
                curves[n][s] = accuracy(masked(model, {n: a > t}), data.validation)
    return curves


# %% wrong: eval left on
def sensitivity_scan(model, data, sparsities):
    model.eval()
    return {
        n: {s: accuracy(masked(model, {n: magnitude_mask(m.weight, s)}), data.validation) for s in sparsities}
        for n, m in model.named_modules()
        if isinstance(m, nn.Conv2d | nn.Linear)
    }


# %% wrong: new parameters in model
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for n, m in model.named_modules():
        if isinstance(m, nn.Conv2d | nn.Linear):
            original = m.weight.detach().clone()
            curves[n] = {}
            for s in sparsities:
                m.weight = nn.Parameter(original * magnitude_mask(original, s))
                curves[n][s] = accuracy(model, data.validation)
            m.weight = nn.Parameter(original)
    return curves


# %% wrong: remove leaves zeros
def sensitivity_scan(model, data, sparsities):
    curves = {}
    for n, m in model.named_modules():
        if isinstance(m, nn.Conv2d | nn.Linear):
            curves[n] = {}
            for s in sparsities:
                prune.l1_unstructured(m, "weight", amount=s)
                curves[n][s] = accuracy(model, data.validation)
                prune.remove(m, "weight")
    return curves


# %% wrong: sorted sparsities int keys
def sensitivity_scan(model, data, sparsities):
    return {
        n: {
            round(100 * s): accuracy(masked(model, {n: magnitude_mask(m.weight, s)}), data.validation)
            for s in sparsities
        }
        for n, m in model.named_modules()
        if isinstance(m, nn.Conv2d | nn.Linear)
    }


# %% right: own loop numpy ranks
import numpy as np


def sensitivity_scan(model, data, sparsities):
    images, labels = data.validation.tensors
    out = {}
    for n, m in model.named_modules():
        if not isinstance(m, (nn.Conv2d, nn.Linear)):
            continue
        order = np.argsort(np.abs(m.weight.detach().numpy()).ravel(), kind="stable")
        out[n] = {}
        for s in sparsities:
            twin = deepcopy(model).eval()
            with torch.no_grad():
                twin.get_submodule(n).weight.view(-1)[torch.from_numpy(order[: round(s * len(order))].copy())] = 0
                hits = sum(int((twin(x).argmax(1) == y).sum()) for x, y in zip(images.split(500), labels.split(500)))
            out[n][s] = 100 * hits / len(labels)
    return out


# %% right: functional call
def sensitivity_scan(model, data, sparsities):
    was = model.training
    model.eval()
    images, labels = data.validation.tensors
    out = {n: {} for n, m in model.named_modules() if isinstance(m, nn.Conv2d | nn.Linear)}
    for s in sparsities:
        for n in out:
            w = model.get_submodule(n).weight
            swap = {f"{n}.weight": (w * magnitude_mask(w, s)).detach()}
            with torch.inference_mode():
                good = [
                    (torch.func.functional_call(model, swap, (x,)).argmax(1) == y)
                    for x, y in zip(images.split(256), labels.split(256))
                ]
            out[n][s] = 100 * torch.cat(good).double().mean().item()
    model.train(was)
    return out
