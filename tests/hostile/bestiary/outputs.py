"""What cells print and show: too much, broken, or aimed at the reader's browser."""

from bestiary import SESSION, Desk, case, honest

SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script><iframe src='javascript:alert(3)'></iframe>"


@honest(flags="output time", tier="middle")
def endless_printing(desk: Desk) -> None:
    desk.add("import time\nprint('x' * (9 << 20))\nwhile True:\n    print('x' * 10_000)\n    time.sleep(0.001)")


@case(earns="double", flags="output stopped")
def hundreds_of_long_lines(desk: Desk) -> None:
    """More than the grader accepts: the kernel is ended. The pipe holds it all while nothing is read."""
    desk.add("import time\nfor _ in range(280):\n    print('x' * (1 << 20))\n    time.sleep(0.01)", before="half")


@honest(flags="output")
def huge_display(desk: Desk) -> None:
    desk.add("from IPython.display import HTML, display\ndisplay(HTML('<p>' + 'x' * (60 << 20)))")
    desk.add("'x' * (60 << 20)", before="half")


@honest(flags="time")
def huge_exception(desk: Desk) -> None:
    """A message that the kernel has no memory to send: no answer ever comes."""
    desk.add("raise ValueError('x' * (50 << 20))")


@case(earns="double rectify", flags="time")
def exception_without_words(desk: Desk) -> None:
    desk.answer(
        half="class Mute(Exception):\n    def __str__(self): raise self\n    __repr__ = __str__\n"
        "def half(x):\n    if x == 1:\n        raise Mute\n    return 0.0"
    )


@case(earns="double rectify")
def result_without_words(desk: Desk) -> None:
    desk.answer(
        half="class Mute:\n    def __repr__(self): raise RuntimeError\n    __str__ = __repr__\n"
        "def half(x):\n    return Mute()"
    )


@honest()
def two_thousand_outputs(desk: Desk) -> None:
    desk.add("from IPython.display import display\nfor number in range(2000):\n    display(number)")


@honest()
def backspaces(desk: Desk) -> None:
    """A terminal would move back and forth; joining them one by one would take for ever."""
    desk.add("print('a' * 1_000_000 + '\\b' * 1_000_000 + '\\r' * 1000)")


@honest()
def scripts(desk: Desk) -> None:
    """None of it may reach the instructor's page."""
    desk.add(
        f"from IPython.display import HTML, Javascript, SVG, display\n"
        f"display(HTML({SCRIPT!r}), Javascript('alert(4)'))\n"
        f"display({{'image/svg+xml': '<svg onload=alert(5)></svg>', 'text/markdown': {SCRIPT!r},"
        f" 'application/vnd.jupyter.widget-view+json': {{}}, 'text/latex': {SCRIPT!r}}}, raw=True)"
    )
    desk.add(SCRIPT, kind="markdown")
    desk.add(SCRIPT, kind="raw")
    desk.add("%%javascript\nalert(6)")
    desk.add("%%html\n<script>alert(7)</script>")


@honest(tier="middle")
def messages_of_another_shape(desk: Desk) -> None:
    desk.add(SESSION)
    desk.add("""
forge("stream", {"name": 5, "text": ["a"]})
forge("stream", {"name": "stdin", "text": {"a": 1}})
forge("display_data", {"data": "text", "metadata": 5})
forge("display_data", {"data": ["text"], "metadata": {}, "transient": "x"})
forge("execute_result", {"data": {"text/plain": 5, "image/png": [1]}, "metadata": {}, "execution_count": "many"})
forge("error", {"ename": "CheckFailed", "evalue": 5, "traceback": "none"})
forge("error", {"ename": None, "evalue": {}, "traceback": [1, None]})
forge("clear_output", {})
forge("update_display_data", {"data": {}, "metadata": {}, "transient": {"display_id": "1"}})
forge("comm_open", {})
forge("status", {})
forge("execute_input", {"execution_count": [1]})
forge("display_data", {})
forge("stream", [])
forge("stream", "text")""")


@case(earns="double half", flags="stopped")
def bytes_that_are_no_message(desk: Desk) -> None:
    desk.add(
        """
kernel, parts = get_ipython().kernel, [b"<IDS|MSG>", b"signature", b"{", b"{}", b"[", b"]"]
for _ in range(5):
    kernel.iopub_socket.send_multipart(parts)
    kernel.shell_stream.send_multipart([*next(iter(kernel._parent_ident.values()), []), *parts])
import os
os._exit(1)""",
        before="rectify",
    )


@honest()
def odd_error_in_a_check(desk: Desk) -> None:
    """A message that no kernel sends is none."""
    desk.add(SESSION)
    desk.answer(
        double="def double(x):\n    forge('error', {'ename': 'CheckFailed', 'evalue': 5, 'traceback': 7})\n"
        "    return 2 * x"
    )


@honest()
def letters_of_no_encoding(desk: Desk) -> None:
    desk.add("print('\\ud800 \\x00 \\x1b[31m \\uffff')\n'\\udfff'")
    desk.add("raise ValueError('\\ud800')")


@honest()
def half_letters_in_messages(desk: Desk) -> None:
    """A kernel that packs its messages in another way can send what no file can hold."""
    desk.add(SESSION)
    desk.add("""
import json
kernel.session.pack = lambda content: json.dumps(content, default=str).encode()
print("\\ud800")
forge("display_data", {"data": {"text/plain": "\\ud801", "text/html": "<b>\\ud802"}, "metadata": {}})
forge("execute_input", {"code": "", "execution_count": "\\ud803"})
raise ValueError("\\ud804")""")


@honest()
def threads_that_print_on(desk: Desk) -> None:
    desk.add("""
import threading, time
def chatter():
    for number in range(1000):
        print("still here", number, flush=True)
        time.sleep(0.01)
threading.Thread(target=chatter, daemon=True).start()""")


@honest(flags="output")
def widgets(desk: Desk) -> None:
    """Their state is metadata of the notebook, which grows with it."""
    desk.add(
        "import ipywidgets\nfrom IPython.display import display\n"
        "for _ in range(20):\n    display(ipywidgets.Text('x' * 2_000_000))"
    )


@honest()
def output_into_a_widget(desk: Desk) -> None:
    """The student redirects the outputs of checks, which changes no score."""
    desk.add("import ipywidgets\nout = ipywidgets.Output()\nout.__enter__()\nout")
