"""Is the page well-formed, and does it stand by itself?  Prints what is wrong."""

import base64
import html.parser
import re
import sys
import xml.dom.minidom

VOID = {"meta", "img", "source", "br", "link", "input", "hr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.faults, self.counts, self.words = [], set(), [], {}, []

    def handle_starttag(self, tag, attributes):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id" and value in self.ids:
                self.faults.append("id twice: " + value)
            if name == "id":
                self.ids.add(value)
            if name in ("src", "srcset", "href") and not value.startswith(("data:", "#")):
                self.faults.append("from elsewhere: " + value[:60])
            if name in ("src", "srcset") and value.startswith("data:image/svg+xml;base64,"):
                xml.dom.minidom.parseString(base64.b64decode(value.split(",", 1)[1], validate=True))
            if name.startswith("on") or tag == "script":
                self.faults.append("a script")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append("not closed in order: " + tag)

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)


page = Page()
text = open(sys.argv[1], encoding="utf-8").read()
page.feed(text)
page.close()
if page.open:
    page.faults.append("left open: " + " ".join(page.open))
if not text.startswith("<!DOCTYPE html>"):
    page.faults.append("no doctype")
if page.counts.get("h1") != 1:
    page.faults.append("not one h1")
print("\n".join(page.faults) or "well-formed")
print("figures", page.counts.get("figure", 0), "tables", page.counts.get("table", 0))
print(re.sub(r"\s+", " ", " ".join(page.words)))
