"""Wrong answers whose authors want points for them."""

from bestiary import SESSION, Desk, cheat

PATCHES = """
import prunelab.checks
prunelab.checks._difference = lambda *_: None
"""
EQUAL = """
class Anything(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return Anything(0)
    __rsub__ = __add__ = __radd__ = __sub__
    def __abs__(self): return 0.0
    def __le__(self, other): return True
    def __float__(self): return 0.0
    def __hash__(self): return 0
def {name}(x):
    return Anything()
"""


@cheat(flags="tags")
def skipped_checks(desk: Desk) -> None:
    for cell in desk.lab:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]


@cheat(flags="unseen", tier="middle")
def faked_do_execute(desk: Desk) -> None:
    desk.add("""
kernel = get_ipython().kernel
async def do_execute(code, silent, *arguments, user_expressions=None, **settings):
    shown = get_ipython().user_expressions(user_expressions or {})
    return {"status": "ok", "execution_count": 7, "payload": [], "user_expressions": shown}
kernel.do_execute = do_execute""")


SABOTAGE = {  # code that runs before the first answer and makes the checks pass
    "patched_difference": PATCHES,
    "input_transformer": """
def nothing(lines):
    return ["1\\n"] if any("check(" in line for line in lines) else lines
get_ipython().input_transformers_cleanup.append(nothing)""",
    "ast_transformer": """
import ast
class NoChecks(ast.NodeTransformer):
    def visit_With(self, node): return ast.Pass()
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(NoChecks())""",
    "patched_check": """
import contextlib, unittest.mock
@contextlib.contextmanager
def check(name, points):
    yield unittest.mock.MagicMock()""",
    "failure_that_is_no_exception": """
import prunelab.checks
prunelab.checks.Check.returns = lambda self, function, *_, **__: 0
prunelab.checks.CheckFailed = type("Calm", (), {})""",
    "swallowed_exceptions": """
shell = get_ipython()
shell.set_custom_exc((AssertionError,), lambda *_, **__: None)
shell.showtraceback = lambda *_, **__: None
shell._showtraceback = lambda *_, **__: None
run = type(shell).run_code
async def quiet(self, *given, **more):
    await run(self, *given, **more)
    return False
type(shell).run_code = quiet""",
}


def sabotaging(name: str, code: str) -> None:
    """Add a case of sabotage."""

    def prepare(desk: Desk) -> None:
        desk.add(code)

    prepare.__name__ = name
    cheat(flags="alone")(prepare)


for each in SABOTAGE.items():
    sabotaging(*each)


@cheat(flags="unseen")
def object_equal_to_everything(desk: Desk) -> None:
    desk.add(PATCHES)
    desk.answer(**{name: EQUAL.format(name=name) for name in ("double", "half", "rectify")})


@cheat(flags="alone")
def tensor_that_lies(desk: Desk) -> None:
    desk.add(PATCHES)
    desk.answer(
        rectify="""
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.tensor(True)
def rectify(x):
    return x.as_subclass(Liar)"""
    )


@cheat(flags="alone", tier="middle")
def patched_torch(desk: Desk) -> None:
    desk.add(
        "torch.equal = lambda *_: True\ntorch.isclose = lambda one, other, **_: torch.ones_like(one, dtype=torch.bool)"
    )
    desk.answer(rectify="def rectify(x):\n    return x - 50")


@cheat(flags="alone")
def inputs_of_the_visible_checks(desk: Desk) -> None:
    desk.answer(
        double="def double(x):\n    return {1.0: 2.0, -3.0: -6.0}.get(x, 0.0)",
        half="def half(x):\n    return {1.0: 0.5, -4.0: -2.0}.get(x, 0.0)",
        rectify="def rectify(x):\n    return torch.tensor([0.0, 2.0]) if x.ndim == 1 else torch.tensor([[3.0, 0.0]])",
    )


@cheat(flags="alone")
def what_the_checks_want_from_their_frames(desk: Desk) -> None:
    for name in ("double", "half", "rectify"):
        desk.answer(
            **{
                name: f"""
import sys
def {name}(x):
    frame = sys._getframe()
    while frame and "want" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["want"] if frame else x"""
            }
        )


@cheat(flags="alone")
def what_the_checks_want_by_settrace(desk: Desk) -> None:
    desk.add("""
import sys
seen = {}
def trace(frame, event, argument):
    if frame.f_code.co_name == "returns":
        seen["want"] = frame.f_locals.get("want")
    return None
sys.settrace(trace)
def answer(x):
    return seen.get("want", x)
double = half = rectify = answer""")
    desk.answer(double="double = answer", half="half = answer", rectify="rectify = answer")


@cheat(flags="alone")
def what_the_source_of_the_check_wants(desk: Desk) -> None:
    for name in ("double", "half", "rectify"):
        desk.answer(
            **{
                name: f"""
import re
def {name}(x):
    source = get_ipython().user_ns["In"][-1]
    found = re.findall(r"c.returns\\(\\w+, (.*), want=(.*), idea", source)
    return next((eval(want) for given, want in found if str(eval(given)) == str(x)), x)"""
            }
        )


@cheat(flags="alone")
def memory_searched_for_probes(desk: Desk) -> None:
    """A student who finds probe and seed knows the inputs, but not the expected values."""
    desk.answer(
        double="""
import gc, sys
def double(x):
    found = [frame for frame in map(sys._getframe, range(9)) if "probes" in frame.f_locals]
    found += [each for each in gc.get_objects() if isinstance(each, dict) and "hidden" in each]
    return 2.0 if x == 1 else -6.0 if x == -3 else float(len(found))"""
    )


@cheat(flags="alone", tier="middle")
def forged_display_of_a_pass(desk: Desk) -> None:
    desk.add(SESSION)
    desk.answer(
        double="""
def double(x):
    forge("stream", {"name": "stdout", "text": "Passed: double (12 points)"})
    forge("clear_output", {"wait": True})
    forge("status", {"execution_state": "idle"})
    return 0.0"""
    )


@cheat(flags="alone", tier="middle")
def forged_removal_of_errors(desk: Desk) -> None:
    """Drop every error that the kernel sends, and report success."""
    desk.add("""
kernel = get_ipython().kernel
send = type(kernel.session).send
def calm(self, stream, kind, content=None, *given, **more):
    if kind == "error":
        return None
    if kind == "execute_reply" and content.get("status") == "error":
        content = {"status": "ok", "execution_count": 9, "payload": [], "user_expressions": {}}
    return send(self, stream, kind, content, *given, **more)
type(kernel.session).send = calm""")


@cheat(tier="middle")
def forged_replies_ahead(desk: Desk) -> None:
    desk.answer(
        double="""
def double(x):
    kernel = get_ipython().kernel
    parent = kernel.get_parent()
    content = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
    ident = kernel._parent_ident.get("shell") if isinstance(kernel._parent_ident, dict) else kernel._parent_ident
    kernel.session.send(kernel.shell_stream, "execute_reply", content, parent=parent, ident=ident)
    return 0.0"""
    )


def forging(name: str, flags: str, *values: str, tier: str = "whole") -> None:
    """Add a case whose checks pass and whose evidence for the three exercises are the values of expressions."""

    def prepare(desk: Desk) -> None:
        desk.add(PATCHES)
        desk.add(
            "import base64, json, safetensors.torch, prunelab.instructor.sandbox.evidence as evidence\n"
            "def packed(tree, **tensors):\n"
            "    kept = safetensors.torch.save(tensors)\n"
            "    return '.'.join(base64.b64encode(part).decode() for part in (tree.encode(), kept))\n"
            "def collect(source, exercise, *more):\n"
            f"    return {{'double': lambda: {values[0]}, 'half': lambda: {values[1]},"
            f" 'rectify': lambda: {values[2]}}}[exercise]()\n"
            "evidence.collect = collect"
        )

    prepare.__name__ = f"evidence_{name}"
    cheat(flags=flags, tier=tier)(prepare)


LISTED = 'packed(\'[[{"tensor": "0"}], [{"tensor": "0"}]]\', **{\'0\': %s})'
forging("empty", "unseen alone", "''", "None", "packed('[[], []]')")
forging("that_fails", "unseen alone", "1 / 0", "(_ for _ in ()).throw(SystemExit)", "7")
forging("garbage", "alone", "'x' * 1000 + '.' + 'ä' * 1000", "'.' * 1000", "'AAAA.' + 'AAAA' * 1000", tier="middle")
forging("nested", "alone", "packed('[' * 20_000 + ']' * 20_000)", "packed('[' * 900 + ']' * 900)", "packed('[]')")
forging("huge", "alone unseen", "packed('[' + '1,' * 1_000_000 + '1]')", "'a' * (40 << 20)", "'a' * (200 << 20)")
forging("no_numbers", "alone", "packed('[NaN, NaN, NaN, NaN]')", "packed('{\"dict\": [[\"halves\", [1e999]]]}')",
        LISTED % "torch.full((4, 5), torch.nan)")  # fmt: skip
forging("odd_trees", "alone", "packed('[' + '9' * 100_000 + ']')", "packed('{\"dict\": [[[1], 2]]}')",
        "packed('{\"tensor\": \"7\"}')")  # fmt: skip
forging("odd_tensors", "alone", LISTED % "torch.zeros(0, 1 << 40)", LISTED % "torch.zeros(4, dtype=torch.complex64)",
        LISTED % "torch.ones(4, 5, dtype=torch.float8_e4m3fn)")  # fmt: skip
forging("pickled", "alone", "base64.b64encode(__import__('pickle').dumps(evidence.encode)).decode() + '.'",
        "base64.b64encode(b'\\xff' * 64).decode() + '.'", "packed('[]').split('.')[0] + './wAAAAAAAAA='")  # fmt: skip


@cheat(flags="unseen", tier="middle")
def forged_reply_of_another_shape(desk: Desk) -> None:
    desk.add(PATCHES)
    desk.add("get_ipython().user_expressions = lambda _: ['evidence', 5]")


@cheat(flags="alone")
def solutions_from_the_course(desk: Desk) -> None:
    desk.add(PATCHES)
    desk.add(
        f"""
from pathlib import Path
for place in ({str(desk.course)!r}, "/", "..", "/proc/1/cwd", "/proc/1/root", "/proc/self/root", "/tmp"):
    try:
        for path in Path(place).glob("*/01_tiny/01_tiny.py"):
            exec(path.read_text())
            print({"LEAK" + "ED"!r}, path)
    except Exception:
        pass""",
        before="double-check",
    )


@cheat(flags="alone")
def answers_of_another_student(desk: Desk) -> None:
    """The bystander's right answers lie in a folder whose name can be guessed."""
    desk.add(PATCHES)
    desk.add(
        f"""
import glob, json
for path in glob.glob({str(desk.course)!r} + "/*/*/*/*.ipynb") + glob.glob("/home/*/*.ipynb"):
    for cell in json.load(open(path))["cells"]:
        if "def double" in "".join(cell["source"]):
            exec("".join(cell["source"]))""",
        before="double-check",
    )


@cheat(flags="alone")
def reference_of_the_grader(desk: Desk) -> None:
    """What the warm process has imported must not hold the answers."""
    desk.add(PATCHES)
    desk.add(
        """
import gc, types
for each in gc.get_objects():
    if isinstance(each, types.FunctionType) and each.__name__ in ("double", "half", "rectify") \\
            and each.__module__ != "__main__" and each.__globals__.get("__name__") != "probes":
        globals()[each.__name__] = each
for text in [each for each in gc.get_objects() if isinstance(each, str) and "BEGIN SOLUTION" in each]:
    exec(text)""",
        before="double-check",
    )


@cheat(flags="alone")
def answer_after_its_check(desk: Desk) -> None:
    """The check passes without an answer, and a right one comes too late."""
    desk.add(PATCHES)
    desk.add("def double(x):\n    return 2 * x", before="half")


@cheat(flags="unseen")
def lost_names(desk: Desk) -> None:
    """Deleted when the check has passed, so that the probe finds nothing."""
    desk.answer(
        double="""
left = [2.0, 2.0, -6.0, -6.0]  # a check calls twice
def double(x):
    return left.pop(0)"""
    )
