"""What can be odd about a submission: for each case a sentence for the instructor and one for the student."""

from dataclasses import dataclass

SENTENCES = {  # code: (for the instructor, for the student); {} is the detail
    "alone": (
        "The check passed in the student's kernel, but the answer gave other values for the grader's own inputs: {}. "
        "Look at the code; wrong answers and forged checks look alike from outside.",
        "The answer is not right for all inputs: {}. Test it on sizes and values that the notebook does not show.",
    ),
    "changed": (
        "Locked cells were changed and have been put back: {}.",
        "You changed cells that belong to the lab ({}); your answers were graded with the original cells.",
    ),
    "copies": (
        "Cells were there twice: {}. One of each was graded; the copies ran as plain cells.",
        "Some cells were there twice ({}). Keep one copy of each, then run the notebook from the top.",
    ),
    "encoding": (
        "The notebook was not saved as UTF-8; it was read as {}.",
        "Your file was saved as {}; JupyterLab saves notebooks as they should be.",
    ),
    "files": (
        "Files were left out: {}.",
        "These files were left out: {}. Hand in plain files of moderate size whose names are not those of libraries.",
    ),
    "format": (
        "The notebook was in another format, {}; it was converted.",
        "Your notebook was in another format, {}; it was converted. Work with JupyterLab to keep the usual one.",
    ),
    "memory": (
        "A cell asked for more memory than a submission may have.",
        "A cell ran out of memory. Look for tensors that are larger than they need to be.",
    ),
    "metadata": (
        "nbgrader's metadata was lost in these cells; they were recognised by id or text: {}.",
        "Your notebook lost the labels of some cells ({}), as happens in other editors than JupyterLab; the cells were "
        "recognised all the same.",
    ),
    "missing": (
        "Cells were missing and have been put back, answers empty: {}.",
        "These cells were missing: {}. Do not delete the cells of the lab; answers that are gone get no points.",
    ),
    "output": (
        "Cells printed more than can be kept; the rest was cut.",
        "A cell printed too much, and the rest was cut. Print a summary.",
    ),
    "own": (
        "The lab's own cells failed, and with them what needs them: {}. If no code of the student's explains it, the "
        "machine lacked memory or a file: fix that, and grade with --again.",
        "Cells that belong to the lab failed where it was graded: {}. Run the whole notebook from the top; if all goes "
        "well there, tell your instructor.",
    ),
    "renamed": (
        "The notebook was handed in as {}.",
        "Your notebook was called {}; it was found all the same. Keep the original name next time.",
    ),
    "several": (
        "There are several notebooks; one was graded: {}. Ask the student which one counts, if the points are odd.",
        "You handed in several notebooks; one was graded: {}. Hand in one only.",
    ),
    "stopped": (
        "The kernel ended in the middle; what had passed before counts. It had come to: {}.",
        "Python crashed at this place: {}. What you had earned before counts; run the whole notebook from the top.",
    ),
    "tags": (
        "Cells carried tags or settings that would have changed how they run; they were removed: {}.",
        "Tags or settings of these cells were removed: {}.",
    ),
    "time": (
        "Cells took too long and were stopped.",
        "A cell took too long and was stopped. Look for a loop that never ends, or train on less.",
    ),
    "timestamp": (
        "The time of submission cannot be read and was left out: {}.",
        "The time at which you handed in could not be read: {}.",
    ),
    "unseen": (
        "These checks did not run or left no evidence: {}.",
        "These checks did not run to their end: {}.",
    ),
}
REFUSALS = {
    "absent": (
        "There is no notebook among the files: {}. Ask the student for it.",
        "There was no notebook in what you handed in ({}). Hand in the file that ends in .ipynb.",
    ),
    "broken": (
        "The notebook cannot be read: {}. Ask the student to hand it in again.",
        "Your notebook cannot be read: {}. Open it in JupyterLab, save it, and hand it in again.",
    ),
    "foreign": (
        "The notebook is not of this lab: {}. Ask the student for the right one.",
        "Your notebook is not of this lab: {}. Hand in the right one.",
    ),
    "heavy": (
        "What was handed in cannot be read or judged within the grader's limits: {}. Do not open it, it may do the "
        "same to other programs; ask the student for a notebook without outputs and large cells.",
        "What you handed in cannot be graded: {}. Clear the outputs, remove large cells of your own, hand it in again.",
    ),
    "large": (
        "The notebook has {}, more than a submission may have. Ask the student for a smaller one, without outputs.",
        "Your notebook has {}, which is too much. Clear the outputs, remove cells of your own, save, hand it in again.",
    ),
    "link": (
        "The notebook is no plain file: {}. A link may lead to the instructor's files, so it was not followed.",
        "What you handed in is a link, not a file: {}. Hand in the notebook itself.",
    ),
    "unreadable": (
        "The notebook cannot be read here: {}. Fix that, then run the command again.",
        "Your notebook could not be graded for a reason that is not yours.",
    ),
    "pattern": (
        "nbgrader reads the brackets in this student's id as a pattern and finds nothing: {}. Rename the folder.",
        "Your notebook could not be graded because of the name that your folder got: {}. Tell your instructor.",
    ),
    "grader": (
        "The grader itself failed: {}. This is not the student's fault; run the command again, or report it.",
        "Your notebook could not be graded for a reason that is not yours.",
    ),
}


@dataclass(frozen=True)
class Flag:
    """One thing that is odd about a submission."""

    code: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.code not in SENTENCES | REFUSALS:
            raise KeyError(self.code)

    @property
    def instructor(self) -> str:
        """The sentence for the instructor."""
        return (SENTENCES | REFUSALS)[self.code][0].format(self.detail)

    @property
    def student(self) -> str:
        """The sentence for the student."""
        return (SENTENCES | REFUSALS)[self.code][1].format(self.detail)


class Refused(Exception):
    """A submission that cannot be graded at all; `flag` says why."""

    def __init__(self, code: str, detail: str) -> None:
        self.flag = Flag(code, detail)
        super().__init__(self.flag.instructor)
