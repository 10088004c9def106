"""Networks outside torch: exported to ONNX, run by ONNX Runtime, in int8 where asked; and what this machine lacks.

Only lab 09 needs ONNX and ONNX Runtime, and it goes on without: `why_not` says what is missing and how to get it.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from prunelab import LabError
from prunelab.quiet import quiet

PACKAGES = ("onnx", "onnxruntime")
REMEDY = "run `pip install onnx onnxruntime` and start the kernel again"
Predict = Callable[[Tensor], Tensor]  # images (N, C, H, W) to logits (N, classes)


class NotAvailable(LabError):
    """A package or a unit of the processor is missing; the message says which, and the fix if there is one."""


def why_not(*packages: str) -> str:
    """An empty string where ONNX can be written and run here, else one sentence that says what is missing."""
    missing = [name for name in packages or PACKAGES if importlib.util.find_spec(name) is None]
    return f"{' and '.join(missing)} missing, which only lab 09 needs: {REMEDY}" if missing else ""


def _needed() -> None:
    """NotAvailable if a package is missing."""
    if reason := why_not():
        raise NotAvailable(reason)


def export(model: nn.Module, shape: tuple[int, ...], path: Path) -> Path:
    """Write `model` for images of `shape` (C, H, W) to an ONNX file and return its path; batches of any size fit.

    The graph is the model in eval mode, batch norms folded into the convolutions before them; `model` stays as it was.
    NotAvailable without the packages.
    """
    _needed()
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    batch = {0: "batch"}
    with quiet():
        torch.onnx.export(
            model, (torch.zeros(2, *shape),), path, input_names=["images"], output_names=["logits"],
            dynamic_axes={"images": batch, "logits": batch},
            dynamo=False,  # the other exporter needs 20 seconds for what takes this one a second
        )  # fmt: skip
    return path


def session(path: Path, threads: int = 1) -> Predict:
    """A function that runs an ONNX file on float images, in ONNX Runtime on the CPU with so many threads.

    Threads do not spin while they wait, so two sessions in turn do not disturb each other. A layer that `quantize` left
    in float32 stays whole: the step that would move the rounding into it is off. NotAvailable without the packages.
    """
    _needed()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    run = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=["QDQPropagationTransformer"]
    ).run

    def predict(images: Tensor) -> Tensor:
        return torch.from_numpy(run(None, {"images": images.detach().numpy()})[0])

    return predict


def quantize(path: Path, target: Path, images: Tensor, *, first_in_float: bool = False, batch: int = 50) -> Path:
    """Write the ONNX file `path` in int8 to `target`: static, one scale per filter, activations in int8 between layers.

    The ranges of the activations are those of `images` (N, C, H, W), which should be training images. With
    `first_in_float` the first convolution, which reads few channels, stays in float32. NotAvailable without the
    packages.
    """
    _needed()
    import onnx
    from onnxruntime import quantization

    class Calibration(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            self.rest = iter(images.split(batch))

        # onnxruntime announces a dict alone, and stops at None.
        def get_next(self) -> dict[str, np.ndarray] | None:  # pyrefly: ignore[bad-override]
            part = next(self.rest, None)
            return None if part is None else {"images": part.numpy()}

    names = [node.name for node in onnx.load(path).graph.node]
    skipped = names[:3] if first_in_float else []  # convolution, ReLU, pooling
    with quiet():
        quantization.quantize_static(
            str(path), str(target), Calibration(), quant_format=quantization.QuantFormat.QDQ, per_channel=True,
            activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8,
            reduce_range=not has_vnni(), nodes_to_exclude=skipped,
        )  # fmt: skip
    return Path(target)


def has_vnni() -> bool:
    """Whether the processor adds products of bytes up in 32 bits; others do it in 16, which overflow at full range."""
    found = torch.cpu.get_capabilities()
    return any(found.get(name) for name in ("avx512_vnni", "avx_vnni", "amx_int8"))


def what_runs(builds: dict[str, Callable[[], Callable]]) -> tuple[dict[str, Callable], dict[str, str]]:
    """Try each of the `builds`: the results of those that could be built and run once, and why the others could not.

    A build takes no argument and returns a function without arguments. A reason is the first sentence of the error.
    """
    runs, reasons = {}, {}
    for name, build in builds.items():
        try:
            with quiet(), torch.inference_mode():
                run = build()
                run()
            runs[name] = run
        except Exception as error:
            text = " ".join(str(error).split()) or type(error).__name__
            reasons[name] = text.split(". ")[0][:200]
    return runs, reasons
