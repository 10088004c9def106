"""Outputs and texts that instructors can look at: pictures, words and tables, nothing that runs in their browser."""

import re

import bleach
from nbformat import NotebookNode
from nbformat.v4 import new_output

PICTURES = ("image/png", "image/jpeg", "image/gif")
BLOCKS = ["blockquote", "details", "div", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "summary", "ul"]
INLINE = ["a", "b", "br", "code", "em", "i", "img", "small", "span", "strong", "sub", "sup", "u"]
TABLES = ["table", "tbody", "td", "th", "thead", "tr"]
PROTOCOLS = {"data", "http", "https"}
TEXT_KEPT = 1 << 18  # characters of one text


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an element may keep an attribute: links lead out, pictures come from nowhere else."""
    if tag == "img":
        return name in ("alt", "class") or (name == "src" and value.startswith("data:image/"))
    return tag == "a" and name == "href" and value.startswith(("http://", "https://"))


def clean_html(text: str) -> str:
    """Return HTML without scripts, styles, frames, forms and requests; pictures stand in the text itself."""
    safe = bleach.clean(text, tags={*BLOCKS, *INLINE, *TABLES}, attributes=_allowed, protocols=PROTOCOLS, strip=True)
    return re.sub(r'<img (?=[^>]*src="data:image/)', '<img style="max-width:100%" ', safe)


def clean_markdown(text: str) -> str:
    """Return a text of the student's own; where it holds HTML, only what `clean_html` leaves."""
    return clean_html(text) if re.search(r"<[a-zA-Z/!?]", text) else text


def clean_output(output: NotebookNode) -> NotebookNode | None:
    """Return an output as texts and pictures, None if nothing is left of it."""
    kind = output.get("output_type")
    if kind == "stream":
        return new_output("stream", name=str(output.get("name")), text=str(output.get("text"))[:TEXT_KEPT])
    if kind == "error":
        lines = [str(line)[:TEXT_KEPT] for line in output.get("traceback", [])][:100]
        return new_output("error", ename=str(output.get("ename"))[:200], evalue=str(output.get("evalue"))[:TEXT_KEPT],
                          traceback=lines)  # fmt: skip
    data = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    kept = {name: data[name] for name in ("text/plain", *PICTURES) if isinstance(data.get(name), str)}
    if isinstance(data.get("text/html"), str):
        kept["text/html"] = clean_html(data["text/html"])
    return new_output("display_data", data=kept) if kept else None
