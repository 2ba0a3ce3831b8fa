"""The form of a page as a browser would send it: what is typed, ticked and selected, and what goes along unseen."""

from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form(HTMLParser):
    """The fields of the page's one form. `boxes` are all boxes by their ids, ticked or not."""

    fields: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    boxes: dict[str, bool] = field(default_factory=dict)
    _inside: bool = False
    _area: str | None = None
    _select: str = ""
    _options: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self._inside = self._inside or tag == "form"
        if not self._inside:
            return
        if tag == "input" and has["type"] == "checkbox":
            self.boxes[has["id"]] = "checked" in has
        if tag == "input" and (has["type"] != "checkbox" or "checked" in has):
            self.fields[has["name"]].append(has["value"])
        if tag == "textarea":
            self._area = has["name"]
            self.fields[self._area] = [""]
        if tag == "select":
            self._select, self._options = has["name"], []
        if tag == "option":
            self._options.append((has["value"], "selected" in has))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # A browser leaves out the line break right after the tag.
            self.fields[self._area][0] = self.fields[self._area][0].removeprefix("\n")
            self._area = None
        if tag == "select" and self._select:
            chosen = [value for value, selected in self._options if selected] or [self._options[0][0]]
            self.fields[self._select].extend(chosen[:1])
            self._select = ""
        if tag == "form":
            self._inside = False


def form_of(page: str) -> Form:
    """The form of a page."""
    form = Form()
    form.feed(page)
    return form
