"""The headline results beside the published ones. Before it: results. After it: the command `prunelab scoreboard`."""

from prunelab.scoreboard.channels import CUTS, cut_rows
from prunelab.scoreboard.claims import claim_rows
from prunelab.scoreboard.language import language_rows
from prunelab.scoreboard.rows import Row
from prunelab.scoreboard.speed import speed_rows
from prunelab.scoreboard.weights import PRUNED, gap_row, pruning_rows, ticket_rows


def scoreboard_rows() -> list[Row]:
    """All rows; raise DataNotFound if a record is missing."""
    pruned = [row for network in PRUNED for row in pruning_rows(network)]
    cuts = (row for cut in CUTS for row in cut_rows(cut))
    return [*pruned, gap_row(), *ticket_rows(), *cuts, *language_rows(), *speed_rows(), *claim_rows()]
