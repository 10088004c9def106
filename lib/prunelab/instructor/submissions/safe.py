"""Outputs and texts that instructors can look at: pictures, words and tables, nothing that runs in their browser."""

import html
import re

import nh3
from nbformat import NotebookNode
from nbformat.v4 import new_output

ATTACHMENT = re.compile(r"attachment:([^\s)\"'>]*)")
PICTURES = ("image/png", "image/jpeg", "image/gif")
BLOCKS = {"blockquote", "details", "div", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "summary", "ul"}
INLINE = {"a", "b", "br", "code", "em", "i", "img", "small", "span", "strong", "sub", "sup", "u"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
ATTRIBUTES = {"img": {"alt", "class", "src"}, "a": {"href"}}
TEXT_KEPT = 1 << 18  # characters of one text
SCRIPT = re.compile(r"(?:java|vb)script[\s\\]*:|\\href", re.IGNORECASE)  # Markdown drops the backslash of `\\:`


def _allowed(tag: str, name: str, value: str) -> str | None:
    """Return an attribute that an element may keep: links lead out, pictures come from nowhere else."""
    begins = {("img", "src"): "data:image/", ("a", "href"): ("http://", "https://")}.get((tag, name), "")
    return value if value.startswith(begins) else None


def clean_html(text: str) -> str:
    """Return HTML without scripts, styles, frames, forms and requests; pictures stand in the text itself.

    Where a link would still run a script, the text is shown as it was typed.
    """
    safe = nh3.clean(
        text,
        tags=BLOCKS | INLINE | TABLES,
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"data", "http", "https"},
        link_rel=None,
    )
    if _links_to_script(safe):  # now: what was cut out may have stood in the middle of the word
        return f"<pre>{html.escape(text)}</pre>"
    return re.sub(r'<img (?=[^>]*src="data:image/)', '<img style="max-width:100%" ', safe)


def clean_markdown(text: str) -> str:
    """Return a text of the student's own; where it holds HTML, only what `clean_html` leaves."""
    return clean_html(text) if _links_to_script(text) or re.search(r"<[a-zA-Z/!?]", text) else text


def _links_to_script(text: str) -> bool:
    """Whether a link may run a script: nbconvert lets those of Markdown pass, and MathJax has its own."""
    once = html.unescape(text)
    return any(SCRIPT.search(each) for each in (text, once, html.unescape(once)))


def clean_attachments(attachments: object) -> dict[str, dict[str, str]]:
    """Return the pictures among the attachments of a text."""
    found = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        data = {kind: kinds[kind] for kind in PICTURES if isinstance(kinds, dict) and isinstance(kinds.get(kind), str)}
        found |= {name: data} if data else {}
    return found


def without_lost_attachments(text: str, attachments: dict[str, dict[str, str]]) -> str:
    """Return a text whose attachments are all there; nbconvert makes no page of any other."""
    return ATTACHMENT.sub(lambda match: match[0] if match[1] in attachments else match[1], text)


def clean_output(output: NotebookNode) -> NotebookNode | None:
    """Return an output as texts and pictures, None if nothing is left of it."""
    kind = output.get("output_type")
    if kind == "stream":
        return new_output("stream", name=_text(output.get("name")), text=_text(output.get("text")))
    if kind == "error":
        lines = output.get("traceback") if isinstance(output.get("traceback"), list) else []
        return new_output(
            "error",
            ename=_text(output.get("ename"))[:200],
            evalue=_text(output.get("evalue")),
            traceback=[_text(line) for line in lines[:100]],
        )
    data = output.get("data")
    if kind not in ("display_data", "execute_result") or not isinstance(data, dict):
        return None
    kept = {name: _text(data[name], None) for name in ("text/plain", *PICTURES) if isinstance(data.get(name), str)}
    if isinstance(data.get("text/html"), str):
        kept["text/html"] = clean_html(_text(data["text/html"], None))
    return new_output("display_data", data=kept) if kept else None


def _text(value: object, most: int | None = TEXT_KEPT) -> str:
    """Return the beginning of a text that can be encoded: JSON may hold half a surrogate pair."""
    return f"{value}"[:most].encode(errors="replace").decode()
