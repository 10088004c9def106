"""What the process that all kernels are forked from has imported: each submission finds it there.

Nothing is computed here: a library that has started threads would not survive the fork.
"""

import ipykernel.kernelapp
import matplotlib.pyplot
import scipy.stats
import torch
import torch.nn.utils.prune
import torch.utils.flop_counter

import prunelab.checks
import prunelab.explorers
import prunelab.figures
import prunelab.instructor.sandbox.evidence
import prunelab.instructor.sandbox.execute
import prunelab.measure
import prunelab.models
import prunelab.training
from prunelab.instructor.sandbox import linux

__all__ = ["ipykernel", "matplotlib", "prunelab", "scipy", "torch"]

linux.die_with_parent()  # else it would stay until the last of its children ends
linux.keep_memory()
