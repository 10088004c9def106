# %% wrong: zeroes the weights once, so that training revives them
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)
        self.linear.weight.data *= mask

    def forward(self, inputs):
        return self.linear(inputs)


# %% wrong: masks the output
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return self.linear(inputs) * self.mask.any(1)


# %% wrong: forgets the bias
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask)


# %% wrong: the mask is a plain attribute, lost when the model is saved
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.mask = mask

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)


# %% wrong: the mask is a parameter, so that training changes it
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.mask = nn.Parameter(mask.float())

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)


# %% wrong: the mask is used upside down
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * ~self.mask, self.linear.bias)


# %% wrong: detaches the weight, so that nothing trains
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight.detach() * self.mask, self.linear.bias)


# %% wrong: ignores the mask
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return self.linear(inputs)


# %% wrong: changes the given layer, too
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)
        self.linear.weight.data *= mask

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)


# %% wrong: looks at the first input only
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs[:1], self.linear.weight * self.mask, self.linear.bias)


# %% wrong: trains a copy of the given layer
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = copy.deepcopy(linear)
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)


# %% right: matrix product by hand
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        outputs = inputs @ (self.linear.weight * self.mask).T
        return outputs if self.linear.bias is None else outputs + self.linear.bias


# %% right: where instead of a product
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask.bool())

    def forward(self, inputs):
        weight = torch.where(self.mask, self.linear.weight, 0.0)
        return F.linear(inputs, weight, self.linear.bias)


# %% right: a float mask
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask.to(linear.weight.dtype))

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight.masked_fill(self.mask == 0, 0), self.linear.bias)


# %% wrong: masks inputs
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs * self.mask, self.linear.weight, self.linear.bias)


# %% wrong: frozen parameter
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.mask = nn.Parameter(mask, requires_grad=False)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)


# %% wrong: not persistent
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)


# %% wrong: deep copy
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = copy.deepcopy(linear)
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias)


# %% wrong: freezes bias
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask, self.linear.bias.detach())


# %% wrong: first row of mask
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        return F.linear(inputs, self.linear.weight * self.mask[0], self.linear.bias)


# %% right: masked fill
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask.bool())

    def forward(self, inputs):
        result = inputs @ self.linear.weight.masked_fill(~self.mask, 0.0).t()
        return result if self.linear.bias is None else result + self.linear.bias


# %% right: einsum
class MaskedLinear(nn.Module):
    def __init__(self, linear, mask):
        super().__init__()
        self.linear = linear
        self.register_buffer("mask", mask)

    def forward(self, inputs):
        result = torch.einsum("...i,oi,oi->...o", inputs, self.linear.weight, self.mask.to(inputs.dtype))
        return result if self.linear.bias is None else result + self.linear.bias
