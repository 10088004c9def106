"""Pages for instructors run nothing and fetch nothing, and keep honest text, tables and pictures."""

import html

import pytest
from nbformat import NotebookNode

from prunelab.instructor.submissions.safe import (
    TEXT_KEPT,
    clean_attachments,
    clean_html,
    clean_markdown,
    clean_output,
    without_lost_attachments,
)

PIXEL = "iVBORw0KGgo="


@pytest.mark.parametrize(
    "text",
    [
        "2 &lt; 3",
        "<p>one <b>two</b> <code>x</code><br>three</p>",
        "<table><tbody><tr><td>1</td></tr></tbody></table>",
        "<details><summary>more</summary><ul><li>1</li></ul></details>",
        '<a href="https://example.org/a?b=1">out</a>',
        '<a href="http://example.org">out</a>',
    ],
)
def test_harmless_html_is_kept(text):
    assert clean_html(text) == text


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("a<script>alert(1)</script>b", "ab"),
        ("<style>p {color: red}</style>a", "a"),
        ("a<!-- <script> -->b", "ab"),
        ('<p onclick="alert(1)" style="x" class="y">a</p>', "<p>a</p>"),
        ('<img src="https://example.org/seen.png" alt="a">', '<img alt="a">'),
        ('<img src="//example.org/seen.png">', "<img>"),
        ('<img src="attachment:a.png">', "<img>"),
        ('<img src="data:text/html,x">', "<img>"),
        ('<img srcset="https://example.org/a.png">', "<img>"),
        ('<a href="#top" target="_blank">a</a>', "<a>a</a>"),
        ('<a href="//example.org">a</a>', "<a>a</a>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a ping="https://example.org">a</a>', "<a>a</a>"),
        ('<a href="data:text/html,x">a</a>', "<a>a</a>"),
        ('<div href="https://example.org">a</div>', "<div>a</div>"),
        ('<form action="https://example.org"><input name="x"><button>go</button></form>', "go"),
        ('<iframe src="https://example.org"></iframe>a', "a"),
        ('<svg onload="alert(1)"></svg>a', "a"),
        ('<math><maction xlink:href="x">a</maction></math>b', "b"),
        ('<link rel="stylesheet" href="https://example.org/a.css">a', "a"),
        ('<meta http-equiv="refresh" content="0;https://example.org">a', "a"),
        ("<base href='https://example.org'>a", "a"),
    ],
)
def test_parts_that_run_or_fetch_are_removed(text, want):
    assert clean_html(text) == want


def test_a_picture_in_the_text_fits_the_page():
    picture = f'<img src="data:image/png;base64,{PIXEL}">'
    assert clean_html(picture) == picture.replace("<img ", '<img style="max-width:100%" ')


@pytest.mark.parametrize(
    "text",
    [
        "<b>[a](javascript:alert(1))</b>",
        "[a](JavaScript:alert(1))",
        "[a](vbscript:msgbox(1))",
        "[a](javascript\n:alert(1))",
        "[a](javascript\\:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](&amp;#106;avascript:alert(1))",
        r"$\href{javascript:alert(1)}{x}$",
        r"$\HREF{//example.org}{x}$",
        "[a](java<style></style>script:alert(1))",
    ],
)
@pytest.mark.parametrize("clean", [clean_markdown, clean_html])
def test_a_text_with_a_link_to_a_script_is_shown_as_it_was_typed(text, clean):
    assert clean(text) == f"<pre>{html.escape(text)}</pre>"


@pytest.mark.parametrize(
    "text",
    ["plain", "2 < 3 and 4 > 3", "a <- b, x<3", "**b** [a](https://example.org)", "$x^2$", "JavaScript is", ""],
)
def test_a_text_without_html_stays(text):
    assert clean_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("*a* <img src=x onerror=alert(1)>", "*a* <img>"),
        ("</div><script>1</script>2", "2"),
        ("a <!-- b --> c", "a  c"),
        ("a <?php b ?> c", "a  c"),
    ],
)
def test_html_in_a_text_is_cleaned(text, want):
    assert clean_markdown(text) == want


@pytest.mark.parametrize("attachments", [None, 5, "text", [1], {}])
def test_no_attachments(attachments):
    assert clean_attachments(attachments) == {}


def test_of_attachments_the_pictures_stay():
    given = {
        "a.png": {"image/png": PIXEL, "text/html": "<script>", "image/svg+xml": "<svg onload='alert(1)'/>"},
        "b.svg": {"image/svg+xml": "<svg/>"},
        "c.png": {"image/png": [PIXEL]},
        "d.png": PIXEL,
        "e.gif": {"image/gif": PIXEL, "image/jpeg": PIXEL},
    }
    kept = {"a.png": {"image/png": PIXEL}, "e.gif": {"image/gif": PIXEL, "image/jpeg": PIXEL}}
    assert clean_attachments(given) == kept


def test_attachments_that_are_not_there_are_no_attachments():
    text = '![a](attachment:a.png) ![b](attachment:b.png "title") <img src="attachment:c.png">'
    want = '![a](attachment:a.png) ![b](b.png "title") <img src="c.png">'
    assert without_lost_attachments(text, {"a.png": {}}) == want


def output(kind: object, **content) -> NotebookNode | None:
    return clean_output(NotebookNode(output_type=kind, **content))


def test_a_stream():
    assert output("stream", name="stderr", text="a\n") == {"output_type": "stream", "name": "stderr", "text": "a\n"}


@pytest.mark.parametrize("kind", ["display_data", "execute_result"])
def test_what_is_shown_is_text_and_pictures(kind):
    data = {
        "text/plain": "plain",
        "text/html": "<b onclick='x'>b</b>",
        "image/png": PIXEL,
        "image/svg+xml": "<svg/>",
        "text/latex": r"\href{javascript:1}{x}",
        "text/markdown": "[a](javascript:1)",
        "application/javascript": "alert(1)",
        "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
    }
    cleaned = output(kind, data=data, metadata={"x": 1}, execution_count=3)
    assert cleaned == {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": "plain", "image/png": PIXEL, "text/html": "<b>b</b>"},
    }


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (None, {}),
        (5, {"text": "a"}),
        ("pager", {"data": {"text/plain": "a"}}),
        ("display_data", {}),
        ("display_data", {"data": "text"}),
        ("display_data", {"data": {}}),
        ("display_data", {"data": {"application/javascript": "alert(1)"}}),
        ("display_data", {"data": {"text/plain": 5, "text/html": ["a"], "image/png": None}}),
    ],
)
def test_an_output_of_which_nothing_is_left(kind, content):
    assert output(kind, **content) is None


def test_an_error():
    cleaned = output("error", ename="E" * 300, evalue="no", traceback=["a", 5, None], extra="x")
    assert cleaned == {"output_type": "error", "ename": "E" * 200, "evalue": "no", "traceback": ["a", "5", "None"]}


@pytest.mark.parametrize("traceback", [None, 5, "text", {"a": 1}])
def test_a_traceback_that_is_no_list(traceback):
    assert output("error", ename="E", evalue="", traceback=traceback).traceback == []


def test_parts_that_are_missing_or_no_text():
    assert output("error") == {"output_type": "error", "ename": "None", "evalue": "None", "traceback": []}
    assert output("stream", name=5, text={"a": 1}) == {"output_type": "stream", "name": "5", "text": "{'a': 1}"}


def test_half_a_surrogate_pair_can_be_written():
    for cleaned in (output("stream", name="stdout", text="a\ud800b"), output("error", ename="\udfff", evalue="")):
        str(cleaned).encode()
    assert output("display_data", data={"text/plain": "a\ud800b"}).data["text/plain"] == "a?b"


def test_long_texts_are_cut_but_pictures_are_not():
    long = "x" * (TEXT_KEPT + 1)
    assert output("stream", name="stdout", text=long).text == long[:-1]
    cleaned = output("error", ename="E", evalue=long, traceback=[long] + ["a"] * 150)
    assert (cleaned.evalue, cleaned.traceback) == (long[:-1], [long[:-1]] + ["a"] * 99)
    assert output("display_data", data={"image/png": long}).data["image/png"] == long
