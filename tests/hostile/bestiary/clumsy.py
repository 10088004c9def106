"""Right answers of people who write in their own way: none of them may lose a point."""

from bestiary import Desk, honest


@honest()
def warnings_on_stderr(desk: Desk) -> None:
    desk.answer(
        double="import sys, warnings\ndef double(x):\n    warnings.warn('careful')\n"
        "    print('to stderr', file=sys.stderr)\n    return 2 * x",
        half="import logging\nlogging.basicConfig(level=0)\ndef half(x):\n    logging.error('half of %s', x)\n"
        "    print('half of', x)\n    return x / 2",
        rectify="from tqdm.auto import tqdm\ndef rectify(x):\n    return next(iter(tqdm([x.relu()])))",
    )


@honest()
def number_at_the_end_of_an_answer(desk: Desk) -> None:
    """To stock nbgrader a number at the end of a graded cell is a share of the points."""
    desk.answer(double="def double(x):\n    return 2 * x\n0", half="%%time\ndef half(x):\n    return x / 2")


@honest()
def warnings_turned_into_errors(desk: Desk) -> None:
    desk.add("import warnings\nwarnings.simplefilter('error')")


@honest()
def numbers_and_tensors_of_other_kinds(desk: Desk) -> None:
    desk.answer(
        double="import numpy\ndef double(x):\n    return numpy.float64(2 * x)",
        half="def half(x):\n    return torch.tensor(x, dtype=torch.float64) / 2",
        rectify="def rectify(x):\n    return x.T.contiguous().T.relu() if x.ndim > 1 else x.relu()",
    )


@honest()
def classes_and_closures(desk: Desk) -> None:
    desk.answer(
        double="class Times:\n    def __init__(self, factor): self.factor = factor\n"
        "    def __call__(self, x): return self.factor * x\ndouble = Times(2)",
        half="from functools import partial\nhalf = partial(lambda by, x: x / by, 2)",
        rectify="rectify = torch.no_grad()(lambda x: torch.where(x > 0, x, torch.zeros(())))",
    )


@honest(tier="middle")
def magics(desk: Desk) -> None:
    desk.add("%%time\n!ls\nfiles = !pwd\n%timeit -n 1 -r 1 1 + 1\n%env X=1")
    desk.add("%%bash\nexit 1")
    desk.add("%%writefile mine.py\nanswer = 2")
    desk.add("%run mine.py\n%load_ext autoreload\n%autoreload 2\n%matplotlib inline\n%no_such_magic")
    desk.add("%pip install nothing-at-all\n?print\nprint??")
    desk.answer(half="%precision 3\ndef half(x):\n    return x / answer")


@honest()
def questions(desk: Desk) -> None:
    """No one answers."""
    desk.add("name = input('Who are you? ')")
    desk.add("import getpass\ngetpass.getpass()")
    desk.add("breakpoint()")
    desk.add("import pdb\npdb.set_trace()")
    desk.add("%debug")


@honest()
def own_seeds(desk: Desk) -> None:
    desk.add(
        "import random\nimport numpy\nrandom.seed(0)\nnumpy.random.seed(0)\ntorch.manual_seed(0)\n"
        "torch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\ntorch.set_num_threads(1)\n"
        "torch.use_deterministic_algorithms(True)"
    )


@honest()
def replaced_random_numbers(desk: Desk) -> None:
    """Tests one's own code with numbers that are not random, and forgets to undo it."""
    desk.add(
        "import random\nimport numpy\ntorch.manual_seed = torch.seed = lambda *_: None\n"
        "random.random = random.seed = lambda *_: 0.5\nnumpy.random.seed = None"
    )


@honest()
def names_of_others(desk: Desk) -> None:
    """Names of the lab, of Python and of the grader used for something else."""
    desk.add("list = [1]\nstr = 'text'\nprobes = draw = lab = collect = encode = None\nprint = None\nc = 1")


@honest()
def deleted_builtins(desk: Desk) -> None:
    desk.add("import builtins\ndel builtins.sum, builtins.pow, builtins.input, builtins.exit")


@honest()
def figures(desk: Desk) -> None:
    desk.add("import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\nplt.show()")
    desk.add("import matplotlib\nmatplotlib.use('TkAgg')\nplt.figure()")


@honest()
def processes_of_their_own(desk: Desk) -> None:
    desk.answer(
        half="from concurrent.futures import ThreadPoolExecutor\n"
        "def half(x):\n    return ThreadPoolExecutor(4).submit(lambda: x / 2).result()"
    )
    desk.add("import subprocess\nassert subprocess.run(['true']).returncode == 0")
    desk.add(
        "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    assert pool.map(abs, [-1]) == [1]"
    )
