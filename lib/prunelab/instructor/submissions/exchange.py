"""What `nbgrader collect` takes from the exchange, into which every student can write what he likes."""

import os
import pwd
import shutil

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns


class Collect(ExchangeCollect):
    """nbgrader's, but it follows no link, takes nothing that another user made, and one large folder stops nobody.

    nbgrader would copy what a link leads to, which may be a file that only the instructor can read, and collect what
    has another student's name with no more than a warning. Where all users share one account, set
    `c.ExchangeCollect.check_owner = False`.
    """

    def copy_files(self) -> None:
        """Collect what was chosen, and say what is left out."""
        left_out = {record["filename"]: problem for record in self.src_records if (problem := self._problem(record))}
        for name, problem in left_out.items():
            self.log.warning("%s: left out, since it is %s.", name, problem)
        self.src_records = [record for record in self.src_records if record["filename"] not in left_out]
        super().copy_files()

    def do_copy(self, src: str, dest: str, log=None) -> None:
        """Copy a submission with its links as links, which the grader leaves out."""
        folders = self.coursedir
        ignored = ignore_patterns(folders.ignore, folders.include, folders.max_file_size, log=self.log)
        shutil.copytree(src, dest, symlinks=True, ignore=ignored)

    def _sort_by_timestamp(self, records: list[dict]) -> list[dict]:
        """The newest first, but before one with a problem any other."""
        return sorted(super()._sort_by_timestamp(records), key=lambda record: bool(self._problem(record)))

    def _problem(self, record: dict) -> str:
        """Return why a submission is not to be collected, nothing if it is."""
        path = os.path.join(self.inbound_path, record["filename"])
        if os.path.islink(path) or not os.path.isdir(path):
            return "no folder"
        if self.check_owner and _owner(path) != record["username"]:
            return f"not made by {record['username']}"
        return "too large" if self.get_size(path) > 1000 * self.coursedir.max_dir_size else ""


def _owner(path: str) -> str | None:
    try:
        return pwd.getpwuid(os.stat(path).st_uid).pw_name
    except KeyError:
        return None
