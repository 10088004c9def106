"""The pages that nbgrader makes of submissions: they fetch nothing from outside and run nothing of a student's."""

import re
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import nbgrader
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from prunelab.instructor.submissions.safe import clean_html

TEMPLATES = [  # ours first, which has no script that fetches MathJax
    Path(__file__).with_name("templates"),
    Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates",
]
LOOK = {
    *("accent", "columnspacing", "depth", "display", "displaystyle", "fence", "form", "height", "linethickness"),
    *("lspace", "mathsize", "mathvariant", "maxsize", "minsize", "movablelimits", "rowspacing", "rspace"),
    *("scriptlevel", "stretchy", "width"),
}  # attributes that lead nowhere, unlike href and style
LONGEST = 5000  # characters of a formula: the time to convert one grows with the square
NO_ALT = re.compile(r"<img\b(?![^>]*\balt=)")
ESCAPED = re.compile(r"\\([{}_#$%&])")  # latex2mathml leaves the backslash in texts and before large brackets


def mathml(formula: str, display: str = "inline") -> str:
    """Return a TeX formula as MathML, which browsers draw themselves; as it was written if it is long or unreadable."""
    from latex2mathml.converter import convert_to_element  # an extra; Validate imports this module without it

    if len(formula) > LONGEST:
        return f"<code>{escape(formula)}</code>"
    try:
        math = convert_to_element(formula, display=display)
    except Exception:  # a formula of a student's own may be anything
        return f"<code>{escape(formula)}</code>"
    for element in math.iter():
        element.text = ESCAPED.sub(r"\1", unescape(element.text or ""))
        element.attrib = {name: value for name, value in element.attrib.items() if name in LOOK}
    return ElementTree.tostring(math, encoding="unicode")


class Renderer(IPythonRenderer):
    """nbconvert's Markdown with formulas as MathML and pictures from nowhere but the notebook."""

    def block_math(self, body: str) -> str:
        """A formula with a line of its own."""
        return mathml(body, "block")

    def inline_math(self, body: str) -> str:
        """A formula in a line."""
        return mathml(body)

    def latex_environment(self, name: str, body: str) -> str:
        """Several lines of formulas."""
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that is in the notebook; any other is a link, for a request would tell who looks when."""
        if urlsplit(url).scheme in ("attachment", "data"):
            return super().image(text, url, title)
        return self.link(text or escape(url), url, title)


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return Markdown as HTML; the filter of this name in nbconvert's templates."""
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = Renderer(escape=False, allow_harmful_protocols=False, attachments=attachments, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


class Feedback(HTMLExporter):
    """nbgrader's feedback, which says its language, so that it is read aloud in it, and whose comments run nothing.

    HTMLExporter parses each page once more to describe pictures and to mark JupyterLab's cells. nbgrader's page has no
    such cells, and the parser takes two thirds of the time.
    """

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **more) -> tuple[str, dict]:
        """Return the page."""
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer="ipython3", parent=self))
        page, resources = TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **more)
        page = NO_ALT.sub('<img alt="No description" ', page)
        return page.replace("<html>", '<html lang="en">', 1), resources

    def _preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb, resources = super()._preprocess(nb, resources)
        for cell in nb.cells:
            settings = cell.metadata.get("nbgrader", {})
            if settings.get("comment"):  # written by hand, and shown as HTML
                settings["comment"] = clean_html(settings["comment"])
        return nb, resources


def use_pages(config: Config) -> None:
    """Set how formgrader and the feedback show a notebook."""
    config.GenerateFeedback.exporter_class = Feedback
    config.HTMLExporter.extra_template_basedirs = [str(folder) for folder in TEMPLATES]
    config.HTMLExporter.filters = {"markdown2html": f"{__name__}.markdown2html"}
