"""Sliders that run in the browser. Before them: measure, results and figures. After them: the labs.

The data goes to the browser once, and moving a slider never asks the kernel.
Python computes one value for each position of the slider (levels.py, storage.py) and describes the picture
(panels.py); explorer.js draws it in JupyterLab, stills.py draws it for exports.
"""

from prunelab.explorers.criteria import CriteriaExplorer
from prunelab.explorers.honest_bytes import HonestBytes
from prunelab.explorers.kept_weights import KeptWeights
from prunelab.explorers.language import HeadExplorer, PerplexityExplorer
from prunelab.explorers.magnitude import MagnitudeExplorer
from prunelab.explorers.mask_painter import MaskPainter
from prunelab.explorers.pareto import ParetoExplorer
from prunelab.explorers.schedule import ScheduleDesigner
from prunelab.explorers.sensitivity import SensitivityExplorer
from prunelab.explorers.slimming import SlimmingExplorer
from prunelab.explorers.speed import SpeedExplorer
from prunelab.explorers.stages import StageExplorer
from prunelab.explorers.tickets import TicketExplorer

__all__ = [
    "CriteriaExplorer",
    "HeadExplorer",
    "HonestBytes",
    "KeptWeights",
    "MagnitudeExplorer",
    "MaskPainter",
    "ParetoExplorer",
    "PerplexityExplorer",
    "ScheduleDesigner",
    "SensitivityExplorer",
    "SlimmingExplorer",
    "SpeedExplorer",
    "StageExplorer",
    "TicketExplorer",
]
